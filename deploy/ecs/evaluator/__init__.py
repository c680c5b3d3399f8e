"""CloudFormation templates with their parameters as plain resources.

What is known only once it is deployed stays a symbol. What CloudFormation would refuse, and what
is beyond this evaluator, is a problem of the stack.
"""

from deploy.ecs.evaluator.parameter_files import read_parameters
from deploy.ecs.evaluator.places import Place, Problem, TemplateError
from deploy.ecs.evaluator.pseudo import Environment, Kept
from deploy.ecs.evaluator.resources import Output, Resource, Stack
from deploy.ecs.evaluator.stacks import evaluate, evaluate_stacks
from deploy.ecs.evaluator.template import Template

__all__ = [
    "Environment",
    "Kept",
    "Output",
    "Place",
    "Problem",
    "Resource",
    "Stack",
    "Template",
    "TemplateError",
    "evaluate",
    "evaluate_stacks",
    "read_parameters",
]
