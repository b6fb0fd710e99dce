"""
A TCP proxy on loopback that makes the way to a server bad: late, silent, cut or closed.

It runs an event loop on a thread of its own. Its attributes may be changed at any time and hold
for the bytes that arrive from then on.
"""

import asyncio
import threading
from types import TracebackType


class Proxy:
    """
    A way to 127.0.0.1:`target` through `port`.

    `delay` seconds are added to each chunk, each way. A `blackhole` swallows everything and
    answers nothing. With `cut` a reply ends in its middle, and its connection with it.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.delay = 0.0
        self.blackhole = False
        self.cut = False
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def reset(self) -> None:
        """End every connection there is, without a goodbye."""
        self._loop.call_soon_threadsafe(self._abort)

    def _abort(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        server.close()
        self._abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _meet(
        self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            client_writer.transport.abort()
            return
        self._writers |= {client_writer, writer}
        try:
            await asyncio.gather(
                self._pump(client_reader, writer, is_reply=False),
                self._pump(reader, client_writer, is_reply=True),
            )
        finally:
            self._tasks.discard(task)
            self._writers -= {client_writer, writer}

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_reply: bool
    ) -> None:
        try:
            while data := await reader.read(65536):
                await asyncio.sleep(self.delay)
                if self.blackhole:
                    continue
                if self.cut and is_reply:
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                    break
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
