"""A mail server that takes every letter and keeps none: the outside must not count in the bench."""

import asyncio

_ANSWERS = {b"EHLO": b"250 bench\r\n", b"QUIT": b"221 bye\r\n", b"DATA": b"354 go\r\n"}


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 bench\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        writer.write(_ANSWERS.get(verb, b"250 ok\r\n"))
        if verb == b"DATA":
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 taken\r\n")
        if verb == b"QUIT":
            break
    writer.close()


async def serve() -> tuple[asyncio.Server, int]:
    """Listen on a free loopback port."""
    server = await asyncio.start_server(_talk, "127.0.0.1", 0)
    return server, int(server.sockets[0].getsockname()[1])
