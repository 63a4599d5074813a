"""The `konectus` command: processes, and what an operator does from a shell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from kernel.settings import SettingsError

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["run"]:
        from app import run

        return run.main(words[1:])
    asked = _parser().parse_args(words)
    try:
        command: Command = asked.command
        return command(asked)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="konectus", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    commands.add_parser("run", help="everything on one machine (see konectus run --help)")
    web = commands.add_parser("web", help="API, webhooks, console")
    web.add_argument("--services", default="", help="router|crm|billing|accounts|connectors, comma-separated")
    web.add_argument("--port", type=int)
    web.set_defaults(command=_web)
    for name, what in (
        ("worker", "splits, answers, sends, runs jobs"),
        ("scheduler", "enqueues at set times"),
    ):
        commands.add_parser(name, help=what).set_defaults(command=_worker if name == "worker" else _scheduler)
    commands.add_parser("migrate", help="brings the database up to date").set_defaults(command=_migrate)
    commands.add_parser("openapi", help="prints the OpenAPI document").set_defaults(command=_openapi)
    demo = commands.add_parser("demo", help="what the running demo offers")
    demo.add_argument("--json", action="store_true", help="for scripts")
    demo.set_defaults(command=_demo)
    commands.add_parser("doctor", help="says what is wrong with a running system").set_defaults(
        command=_doctor
    )
    _token_commands(commands.add_parser("token", help="API tokens"))
    _tenant_commands(commands.add_parser("tenant", help="tenants: list, suspend, reactivate"))
    _job_commands(commands.add_parser("jobs", help="dead letters: list, replay"))
    return parser


def _token_commands(parser: argparse.ArgumentParser) -> None:
    create = parser.add_subparsers(required=True).add_parser("create", help="prints a new token once")
    create.add_argument("--tenant", required=True, help="id, or the e-mail of one of its users")
    create.add_argument("--role", required=True, choices=("agent", "supervisor", "admin", "owner"))
    create.add_argument("--name", default="command line")
    create.set_defaults(command=_lazy("token_create"))


def _tenant_commands(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True)
    verbs.add_parser("list").set_defaults(command=_lazy("tenant_list"))
    for verb, state in (("suspend", "suspended"), ("reactivate", "active")):
        command = verbs.add_parser(verb)
        command.add_argument("--tenant", required=True, help="id, or the e-mail of one of its users")
        command.set_defaults(command=_lazy("tenant_state"), state=state)


def _job_commands(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True)
    verbs.add_parser("dead").set_defaults(command=_lazy("jobs_dead"))
    replay = verbs.add_parser("replay")
    replay.add_argument("id")
    replay.set_defaults(command=_lazy("jobs_replay"))


def _lazy(name: str) -> Command:
    """The operator's commands open the database; they are imported when asked for."""

    def command(asked: argparse.Namespace) -> int:
        from app import operate

        code: int = getattr(operate, name)(asked)
        return code

    return command


def _web(asked: argparse.Namespace) -> int:
    import dataclasses

    from app import apis, settings, web

    loaded = settings.load()
    if asked.port:
        loaded = dataclasses.replace(loaded, port=asked.port)
    names = [n for n in asked.services.split(",") if n] or list(apis.SERVICES)
    if unknown := set(names) - set(apis.SERVICES):
        print(f"unknown services: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    web.main(loaded, names)
    return 0


def _worker(_asked: argparse.Namespace) -> int:
    from app import settings, worker

    worker.main(settings.load())
    return 0


def _scheduler(_asked: argparse.Namespace) -> int:
    from app import scheduler, settings

    scheduler.main(settings.load())
    return 0


def _migrate(_asked: argparse.Namespace) -> int:
    from app import settings
    from kernel import migrate

    migrate.upgrade(settings.load().database_url)
    return 0


def _openapi(_asked: argparse.Namespace) -> int:
    from app import operate

    print(operate.openapi_document())
    return 0


def _demo(asked: argparse.Namespace) -> int:
    from app import demo

    return demo.show(asked.json)


def _doctor(_asked: argparse.Namespace) -> int:
    from app import doctor

    return doctor.main()


if __name__ == "__main__":
    sys.exit(main())
