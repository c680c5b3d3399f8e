"""A template whose load balancing is right, and edits of it."""

GOOD = """\
Parameters:
  Open: {Type: String}
  OpenPort: {Type: Number}
Conditions:
  Unclear: !Equals [!Ref Open, x]
Resources:
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: [subnet-1, subnet-2]
      LoadBalancerAttributes: [{Key: idle_timeout.timeout_seconds, Value: "60"}]
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "404"}}]
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 10
      Conditions: [{Field: path-pattern, Values: ["/shop/*"]}]
      Actions: [{Type: forward, TargetGroupArn: !Ref Targets}]
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      TargetType: ip
      Port: 80
      Protocol: HTTP
      HealthCheckPath: /health
      TargetGroupAttributes: [{Key: deregistration_delay.timeout_seconds, Value: "20"}]
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      ContainerDefinitions:
        - Name: web
          Image: shop
          Command: [gunicorn, --bind, "0.0.0.0:8000", shop.wsgi]
          Environment: [{Name: PORT, Value: "8000"}]
          PortMappings: [{ContainerPort: 8000}]
  Service:
    Type: AWS::ECS::Service
    DependsOn: Rule
    Properties:
      TaskDefinition: !Ref Task
      HealthCheckGracePeriodSeconds: 60
      LoadBalancers: [{ContainerName: web, ContainerPort: 8000, TargetGroupArn: !Ref Targets}]
"""
COMMAND = 'Command: [gunicorn, --bind, "0.0.0.0:8000", shop.wsgi]'
BRIDGE = {
    "NetworkMode: awsvpc": "NetworkMode: bridge",
    "TargetType: ip": "TargetType: instance",
    "{ContainerPort: 8000}]\n  Service": "{ContainerPort: 8000, HostPort: 0}]\n  Service",
}


def edited(changes: dict[str, str], template: str = GOOD) -> str:
    for old, new in changes.items():
        assert template.count(old) == 1, old
        template = template.replace(old, new)
    return template
