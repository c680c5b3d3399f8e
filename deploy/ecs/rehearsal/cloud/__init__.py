"""An AWS account in this process: moto's server (5.2.5), and what it lacks or does wrongly of
what these templates need.

Behind the APIs of moto's server, which are AWS's:

- CloudFormation (`cloudformation/`) is this package's own. Moto's creates at once, skips a type
  that it does not know, and neither fails, rolls back nor replaces as AWS does. Here a template is
  evaluated by deploy.ecs.evaluator and each resource (`resources/`) made by its service's own API,
  asynchronously, in the order in which they need each other, in roughly the time that AWS takes.
- ECS (`gaps/containers.py`): moto's services forget their capacity providers, deployment
  configuration, grace period, placement, exec and managed tags.
- RDS and DocumentDB (`gaps/databases.py`): moto's host names are one and the same of all accounts,
  DocumentDB's are RDS' and its engine is refused, every master password is the same, and a deleted
  cluster's automated snapshots are in the way of the next of its name.
- Histories (`gaps/histories.py`): moto keeps none of a service's deployments and its auto scaling.
- Load balancers (`gaps/load_balancers.py`): names are not as AWS gives them, and moto does not mind
  deletion protection.
- Route 53 (`gaps/zones.py`): ids of hosted zones do not begin with Z.
- EC2 Instance Connect (`gaps/instance_connect.py`): moto keeps no key and knows no instance.
- Requests are answered one at a time (`server.py`), since moto's backends are not made for threads.

Still lacking: the tags aws:cloudformation:* and a stack's own tags on its resources; changed tags
of resources other than EC2's and ECS services; stack policies, nested stacks, drift and time-outs;
a second Cloud Map namespace in one VPC, which moto refuses.
"""

from deploy.ecs.rehearsal.cloud.cloud import Cloud
from deploy.ecs.rehearsal.cloud.gaps.instance_connect import SentKey
from deploy.ecs.rehearsal.cloud.scheduler import NotStabilizedError, Scheduler

__all__ = ["Cloud", "NotStabilizedError", "Scheduler", "SentKey"]
