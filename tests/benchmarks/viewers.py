"""Viewers of a live page without a browser: they speak Streamlit's protocol and tick as told.

Run as a process of its own: python viewers.py ADDRESS QUERY VIEWERS TICKS PID; prints as JSON the
milliseconds from each request of a tick to the end of its script run, and the processor seconds
that the server, process PID, used while all ticked.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

OPENING = 15.0  # seconds in which all open the page, one after another


class Viewer:
    """One open page."""

    def __init__(self, socket, query: str) -> None:
        self.socket, self.query = socket, query
        self.script = self.fragment = ""
        self.pace = 1.0

    async def run(self, is_tick: bool) -> None:
        """Ask for a run of the page, or of the fragment that ticks, and wait for its end."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        if is_tick:
            message.rerun_script.page_script_hash = self.script
            message.rerun_script.fragment_id = self.fragment
            message.rerun_script.is_auto_rerun = True
        else:
            message.rerun_script.page_name = "train"
        await self.socket.send(message.SerializeToString())
        await self._finished()

    async def _finished(self) -> None:
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await self.socket.recv())
            kind = answer.WhichOneof("type")
            if kind == "auto_rerun":
                self.fragment = answer.auto_rerun.fragment_id
                self.pace = answer.auto_rerun.interval
            elif kind == "new_session":
                self.script = answer.new_session.page_script_hash
            elif kind == "script_finished":
                return


async def watch(address: str, query: str, start: float, ticks: int) -> list[float]:
    """Open the page after so many seconds, then tick from ``OPENING`` on."""
    await asyncio.sleep(start)
    stream = f"{address.replace('http', 'ws')}/_stcore/stream"
    async with websockets.connect(stream, subprotocols=["streamlit"], max_size=None) as socket:
        viewer, took = Viewer(socket, query), []
        await viewer.run(is_tick=False)
        assert viewer.fragment, "the page does not tick: its run has ended"
        await asyncio.sleep(max(0.0, OPENING + 3 * start / OPENING - start))
        for _ in range(ticks):
            started = time.perf_counter()
            await viewer.run(is_tick=True)
            took.append(time.perf_counter() - started)
            await asyncio.sleep(max(0.0, viewer.pace - took[-1]))
    return took


def processor_seconds(process: int) -> float:
    """What a process has used so far, its children left out."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def used_by(process: int) -> float:
    """Processor seconds of a process from the first tick on."""
    await asyncio.sleep(OPENING)
    return processor_seconds(process)


async def main(address: str, query: str, viewers: int, ticks: int, process: int) -> None:
    starts = [OPENING * 0.8 * number / viewers for number in range(viewers)]
    watching = (watch(address, query, start, ticks) for start in starts)
    used, *latencies = await asyncio.gather(used_by(process), *watching)
    waited = [1000 * seconds for each in latencies for seconds in each]
    print(json.dumps({"waited": waited, "used": processor_seconds(process) - used}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3], *map(int, sys.argv[3:])))
