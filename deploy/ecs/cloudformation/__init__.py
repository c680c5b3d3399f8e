"""Stacks of CloudFormation: driven, and asked how they are."""
