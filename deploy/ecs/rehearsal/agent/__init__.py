"""ECS on one machine: container instances, tasks, services, load balancers and the network."""

from deploy.ecs.rehearsal.agent.agent import Agent

__all__ = ["Agent"]
