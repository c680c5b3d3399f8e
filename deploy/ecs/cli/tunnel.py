import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.databases import ServiceDatabase


@click.command()
@deployment_options
@click.argument("service")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Here; by default any.")
def tunnel(options: Options, service: str, port: int) -> None:
    """Opens a way to a service's database, by the bastion.

    It is there until Ctrl-C.

    It has an address of this machine for a client such as psql or mongosh, and prints how to
    connect. Needs bastion = true in deployment.toml, ssh and Session Manager's plugin here.

    \b
    Examples:
      python -m deploy.ecs tunnel accounts
      python -m deploy.ecs tunnel catalog --port 27018
    """
    name = options.service(service)
    database = ServiceDatabase(options.aws, options.clock, options.deployed, name)
    secret = database.secrets.names["user"]
    with database.tunnel(options.progress.say, port) as opened:
        far = opened.database
        near = {"host": "127.0.0.1", "port": opened.port}
        result = near | {"database": f"{far.host}:{far.port}", "secret": secret}
        lines = far.instructions(opened.port, secret)
        options.answer(result, lambda out: out.print("\n".join(lines), markup=False))
        opened.wait()
