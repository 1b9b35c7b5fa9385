"""An S3-compatible server of the tests' own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def s3(port: int = 0) -> Iterator[int]:
    """Its port; everything in this process that speaks S3 finds it, and the bucket `pictures` is in it."""
    try:
        import boto3
        from moto.server import ThreadedMotoServer
        from s3fs import S3FileSystem
    except ImportError as missing:
        if "s3" in os.environ.get("MINIDALLE3_REQUIRE", ""):
            pytest.fail(str(missing))
        pytest.skip(f"{missing.name} is not installed: pip install 'minidalle3[dev]'")
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "anybody")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        S3FileSystem.clear_instance_cache()  # they remember their server
        boto3.client("s3").create_bucket(Bucket="pictures")
        try:
            yield port
        finally:
            server.stop()
            S3FileSystem.clear_instance_cache()
