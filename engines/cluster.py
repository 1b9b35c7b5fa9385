"""Engines on other machines: replicas in Ray Serve, as many as there is work for, each with an owner of its own.

`python -m minidalle3.engines.cluster` starts them in a cluster that runs (`ray start --head`), and MINIDALLE3_T2I=ray:
with the name of their app draws with them. Imported only where the settings say so.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import ray
from ray import serve
from ray.exceptions import NodeDiedError, ObjectLostError, RayActorError, RayError, WorkerCrashedError
from ray.serve.config import AutoscalingConfig
from ray.serve.exceptions import RayServeException, ReplicaUnavailableError
from ray.serve.handle import DeploymentHandle

from minidalle3.engines.contract import Busy, Capabilities, Engine, EngineError, Stopped
from minidalle3.engines.owner import GLANCE, Owner
from minidalle3.engines.replica import Replica, Report, diffusion
from minidalle3.engines.tickets import Ticket
from minidalle3.graph.settings import Settings

T = TypeVar("T")
PREFIX = "ray:"
APP = "pictures"
ATTEMPTS = 3
"""Replicas that may die under one drawing."""
DIED = (RayActorError, ReplicaUnavailableError, WorkerCrashedError, NodeDiedError, ObjectLostError)


class Died(Exception):
    """The replica is no more; another one can do its work."""


class ClusterOwner(Owner):
    """Sends every ticket to a replica: turns of callers and batches are made there, for all servers at once.

    What a replica drew when it died is drawn again by another: the same picture, since that is a matter of the seed.
    """

    def __init__(self, app: str, limit: int = 64) -> None:
        self._app = app
        self._limit = limit
        self._handle: DeploymentHandle[Any] | None = None
        self._can: Capabilities | None = None
        self._tickets: dict[Ticket[Any], bool] = {}
        """Under way, and whether they are being drawn."""

    async def capabilities(self) -> Capabilities:
        """Asked of a replica once. Raises `EngineError` when the cluster or the app is not there."""
        if self._can is None:
            handle = await self._replicas()
            try:
                self._can = await handle.capabilities.remote()
            except (RayError, RayServeException) as error:
                raise EngineError(unreachable(self._app, error)) from error
        return self._can

    async def do(self, ticket: Ticket[T]) -> T:
        """By any replica. Raises as the work does, `Busy` where too much waits, `EngineError` without a cluster."""
        if why := self.full(ticket.caller):
            raise Busy(why)
        self._tickets[ticket] = False
        try:
            for _ in range(ATTEMPTS):
                with suppress(Died):
                    return await self._done(ticket)
        finally:
            del self._tickets[ticket]
        raise EngineError(f"{ATTEMPTS} replicas of {self._app} died while they drew this. Ask for it again.")

    def waiting(self) -> int:
        """Tickets of this server of which no step is done."""
        return list(self._tickets.values()).count(False)

    def expect(self, turn: threading.Event) -> None:
        """Replicas fill their batches for all servers: none waits for one of them."""

    def came(self, turn: threading.Event) -> None:
        """As little."""

    def _waiting_of(self, caller: str) -> int:
        return [ticket.caller for ticket, drawn in list(self._tickets.items()) if not drawn].count(caller)

    def close(self) -> None:
        """Stop what is drawn for this server; the replicas stay."""
        for ticket in list(self._tickets):
            ticket.end()

    async def _done(self, ticket: Ticket[T]) -> T:
        replicas = (await self._replicas()).options(stream=True)
        stream = replicas.do.remote(ticket.caller, ticket.work, ticket.job, ticket.watch.wants_preview(0))
        try:
            async for report, arguments in reports(stream, ticket):
                if report == "result":
                    result: T = arguments[0]
                    return result
                if report == "error":
                    raise arguments[0]
                if ticket.stopped():
                    raise Stopped
                self._tickets[ticket] = report != "queued"
                getattr(ticket, report)(*arguments)
        except DIED as error:
            raise Died from error
        except (RayError, RayServeException) as error:
            raise EngineError(unreachable(self._app, error)) from error
        finally:
            stream.cancel()  # type: ignore[no-untyped-call]
        raise Died

    async def _replicas(self) -> DeploymentHandle[Any]:
        if self._handle is None:
            self._handle = await asyncio.to_thread(connected, self._app)
        return self._handle


async def reports(stream: Any, ticket: Ticket[Any]) -> AsyncIterator[Report]:
    """What a replica tells of a ticket; raises `Stopped` soon after the ticket is stopped."""
    while True:
        coming = asyncio.ensure_future(stream.__anext__())
        try:
            while not (await asyncio.wait([coming], timeout=GLANCE))[0]:
                if ticket.stopped():
                    raise Stopped
            yield coming.result()
        except StopAsyncIteration:
            return
        finally:
            coming.cancel()


def connected(app: str) -> DeploymentHandle[Any]:
    """The replicas of an app, in the cluster at RAY_ADDRESS or on this machine. Raises `EngineError`."""
    try:
        if not ray.is_initialized():
            ray.init(address="auto", log_to_driver=False, logging_level=logging.ERROR)
            logging.getLogger("ray.serve").setLevel(logging.ERROR)  # a person talks in this terminal
        return serve.get_app_handle(app)
    except (ConnectionError, RayError, RayServeException) as error:
        raise EngineError(unreachable(app, error)) from error


def unreachable(app: str, error: Exception) -> str:
    """What to do."""
    why = str(error).strip().partition("\n")[0]
    return (
        f"The engines of MINIDALLE3_T2I={PREFIX}{app} cannot be had ({why}). See that Ray runs (ray status), that "
        f"RAY_ADDRESS is right, and that they were started: python -m minidalle3.engines.cluster --app {app}"
    )


def deploy(
    app: str,
    load: Callable[[], Engine],
    replicas: int = 1,
    at_most: int | None = None,
    together: int = 8,
    cpus: float = 1.0,
    gpus: float = 0.0,
) -> None:
    """Start an app's replicas in the cluster that this process is connected to, and wait until they draw.

    Each draws up to `together` pictures at once while as many wait. Up to `at_most` are started while there is more
    work than that. Raises `RuntimeError` when they cannot be started.
    """
    serve.start(proxy_location="Disabled")  # nobody calls them but through a handle
    scaling = AutoscalingConfig(
        min_replicas=replicas, max_replicas=max(replicas, at_most or 0), target_ongoing_requests=together
    )
    deployed = serve.deployment(
        ray_actor_options={"num_cpus": cpus, "num_gpus": gpus},
        autoscaling_config=scaling,
        max_ongoing_requests=2 * together,
    )(Replica)
    serve.run(deployed.bind(load, together), name=app, route_prefix=None)


def main(argv: Sequence[str] | None = None) -> int:
    """1 when they cannot be started."""
    parser = argparse.ArgumentParser(
        "python -m minidalle3.engines.cluster", description="Start engines in the Ray cluster that runs."
    )
    parser.add_argument("--app", default=APP, help=f"their name, as in MINIDALLE3_T2I={PREFIX}{APP}")
    parser.add_argument("--t2i", default="sketchbook", help="sketchbook, a hub id, or a folder that every machine has")
    parser.add_argument("--replicas", type=int, default=1, help="how many run always")
    parser.add_argument("--at-most", type=int, help="how many may run while there is work for them")
    parser.add_argument("--cpus", type=float, default=1.0, help="CPU cores of each")
    parser.add_argument("--gpus", type=float, default=0.0, help="GPUs of each")
    asked = parser.parse_args(argv)
    settings = Settings()
    load = partial(diffusion, asked.t2i, settings.device, settings.ip_adapter)
    try:
        ray.init(address="auto", log_to_driver=False, logging_level=logging.ERROR)
        deploy(asked.app, load, asked.replicas, asked.at_most, settings.batch_limit, asked.cpus, asked.gpus)
    except (ConnectionError, RuntimeError) as error:
        print(f"{error}\nA cluster is started with: ray start --head", file=sys.stderr)
        return 1
    print(f"{asked.t2i} draws for MINIDALLE3_T2I={PREFIX}{asked.app}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
