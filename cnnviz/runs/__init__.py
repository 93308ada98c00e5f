"""What is remembered of training runs: the run folder, the SQL store, one worker process a run."""
