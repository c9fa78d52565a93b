"""A provider for benchmarks only: answers every Chat Completions call after a fixed time, however many there are at once.

    slow-provider.py MILLISECONDS     prints its port, then serves until it is ended
"""

import asyncio
import json
import sys

WAIT = float(sys.argv[1]) / 1000
ANSWER = {
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Done."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
}


async def serve(reader, writer):
    body = json.dumps(ANSWER).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    try:
        while True:
            request = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = next(line for line in request.split("\r\n") if line.startswith("content-length:"))
            await reader.readexactly(int(length.split(":")[1]))
            await asyncio.sleep(WAIT)
            writer.write(head + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
