"""Starts a server that speaks as S3 (`s3`) or as Google Cloud Storage (`google`) does, with one empty bucket.

    serve.py s3|google|tls BUCKET

`tls` has no bucket: it is one whose certificate nobody vouches for.

The port is the system's choice; a line `ready PORT` says that the server listens. It ends when its standard input does,
which a test that was killed closes too.
"""

import logging
import os
import socketserver
import sys
import threading
import urllib.request
from http import HTTPStatus


def s3(bucket):
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{bucket}", method="PUT")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).close()
    return port


def google(bucket):
    from gcp_storage_emulator.handlers import objects
    from gcp_storage_emulator.server import HANDLERS, Server

    def insert(request, response, storage):
        """What the emulator leaves out: an object that must be new, which is refused when it is not.

        As in the reference of the Cloud Storage JSON API, "Request preconditions". The emulator answers one request
        after the other, so nothing comes between the look and the deed.
        """
        new = request.query.get("ifGenerationMatch") == ["0"]
        if new and request.query["name"][0] in (file["name"] for file in storage.get_file_list(bucket)[0]):
            _ = request.data
            response.status = HTTPStatus.PRECONDITION_FAILED
        else:
            objects.insert(request, response, storage)

    for _, handlers in HANDLERS:
        if handlers.get("POST") is objects.insert:
            handlers["POST"] = insert
    server = Server("127.0.0.1", 0, in_memory=True, default_bucket=bucket)
    server.start()
    # The emulator keeps the port that it was given, which is no port yet.
    return server._api._httpd.server_address[1]


def tls(_):
    from werkzeug.serving import make_server

    def answer(environment, start):
        start("500 Nobody should come so far", [])
        return []

    server = make_server("127.0.0.1", 0, answer, threaded=True, ssl_context="adhoc")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def main():
    kind, bucket = sys.argv[1:]
    # A client that went away in the middle is what many tests are about.
    socketserver.BaseServer.handle_error = lambda *_: None
    logging.disable(logging.CRITICAL)
    print("ready", {"s3": s3, "google": google, "tls": tls}[kind](bucket), flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), ended.set()), daemon=True).start()
    ended.wait()
    os._exit(0)


main()
