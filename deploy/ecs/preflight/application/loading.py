"""What is told of an application that cannot be loaded, and where variables are written."""

from deploy.ecs.graph.parts import Step
from deploy.ecs.preflight.application.asking import LOADED_WITHIN, Answer
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.application.variables import Variables
from deploy.ecs.preflight.finding import Finding, error, note


def not_loaded(subject: Subject, app: str, answer: Answer, variables: Variables) -> Finding:
    """Where it would end the container too, an error."""
    names_setting = "SECRET_KEY" in answer.failure and "empty" in answer.failure
    if names_setting and variables.is_complete:
        return error(
            "C14",
            subject.container,
            "Environment",
            why=[
                f"{app} was loaded with the variables of the container {subject.name}.",
                f"It ends with: {answer.failure}",
            ],
            message=answer.failure,
            cure=f"Give the container {subject.name} SECRET_KEY, by Secrets.",
        )
    reason = f"within {LOADED_WITHIN} seconds" if answer.is_too_slow else f"here: {answer.failure}"
    return note(
        "B04",
        subject.container,
        "Environment",
        why=[
            f"{app} was to be loaded with the variables of the container {subject.name}, with "
            "placeholders for what is not known.",
            f"It cannot be loaded {reason}",
        ],
        message="What it answers to health checks is not known.",
        cure="See that --app names it as MODULE:ATTRIBUTE, and that it loads with these variables.",
    )


def variable_of(subject: Subject, name: str) -> tuple[Step, ...]:
    """Where it is written, else where it would be."""
    parts = subject.container.parts(type(subject.container), "Environment")
    for index, each in enumerate(parts):
        if name in (each.text("Name") or ""):
            return "Environment", index, "Value"
    return ("Environment",)
