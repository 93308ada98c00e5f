"""Training runs: run folders, the SQL store, the queue and one worker process per run."""
