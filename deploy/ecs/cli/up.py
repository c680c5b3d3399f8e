import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.image import Images
from deploy.ecs.up import Up


@click.command()
@deployment_options
@click.option("--image", metavar="DIGEST", help="Pushed already: a digest or tag in the registry.")
@click.option("--bootstrap", is_flag=True, help="Make roles and passwords in the databases anew.")
def up(options: Options, image: str | None, bootstrap: bool) -> None:
    """Deploys, or brings what is deployed up to date.

    Without --image it builds and pushes this checkout. It can be interrupted and given again.

    \b
    Examples:
      python -m deploy.ecs up
      python -m deploy.ecs up --environment staging --image sha256:0123...
    """
    deploying = Up(options.aws, options.parts, options.clock, options.progress, bootstrap=bootstrap)
    for warning in options.parts.warnings:
        options.progress.warn(warning)

    def chosen(images: Images) -> str:
        return images.named(image) if image else images.of_checkout(options.progress.say)

    url = deploying.run(chosen)
    result = {"url": url, "changed": deploying.changed, "outputs": deploying.outputs}
    options.answer(result, lambda out: out.print(f"The shop is at {url}/"))
