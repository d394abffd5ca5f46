"""Serve the named services, or all, from one home over HTTP until Ctrl-C."""

from pathlib import Path

import click

from trust.commands.options import Language, home_option, labelled, lang_option


@click.command(epilog="Example: trustctl serve pki seal --home var")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@home_option
@click.option("--demo", is_flag=True, help="Bring up the demonstration province first, as `init --demo` does.")
@click.option("--host", "address", help="Address to listen on instead of [http] host.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on instead of [http] port; 0 picks one.")
@lang_option
def command(
    services: tuple[str, ...], home: Path, demo: bool, address: str | None, port: int | None, lang: Language
) -> None:
    """Serve the named services (none named: all) and do their background work; Ctrl-C stops within two seconds."""
    from dataclasses import replace

    from trust import host, logs
    from trust.bring_up import bring_up
    from trust.home import open_floor
    from trust.serving import serve
    from trust.settings import Settings
    from trust.web.server import listen

    plugins = host.load(services)
    settings = Settings.load(home, host.installed())
    http = settings.http
    http = replace(http, host=address or http.host, port=http.port if port is None else port)
    listening = listen(http)  # before any work: the likeliest mistake is the port
    logs.configure(settings.log.level)
    if demo:
        bring_up(home, demo=True)
        settings = Settings.load(home, host.installed())
    floor = open_floor(settings)
    try:
        serve(
            host.Host.build(floor, plugins), services, http, listening, lambda url: click.echo(_ready(url, home, lang))
        )
    finally:
        floor.database.close()


def _ready(url: str, home: Path, lang: Language) -> str:
    from trust import demonstration

    chinese = lang == "zh"
    lines = [f"已就绪 {url}  (Ctrl-C 停止)" if chinese else f"ready at {url}  (Ctrl-C stops)"]
    lines += [labelled(told.zh if chinese else told.en, told.value) for told in demonstration.load(home)]
    return "\n".join(lines)
