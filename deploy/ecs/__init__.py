"""The shop on Amazon ECS, from CloudFormation templates."""
