import pytest

from deploy.ecs.preflight.secrets import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found, ids

TEMPLATE = """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString: {SecretStringTemplate: '{"KEYS": "x"}', GenerateStringKey: password}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Environment:
            - {Name: DJANGO_SETTINGS_MODULE, Value: OF_WHOM}
            - {Name: ECOM_DATABASE_SECRET_ID, Value: !Ref Secret}
"""


@pytest.mark.parametrize(
    ("keys", "settings", "told"),
    [
        ("user", "ecom.settings.accounts", ["error K10"]),
        ("username", "ecom.settings.accounts", []),
        ("user", "shop.settings", []),  # whose loader is not known
    ],
)
def test_user_and_password(folder: Folder, keys: str, settings: str, told: list[str]) -> None:
    template = TEMPLATE.replace("KEYS", keys).replace("OF_WHOM", settings)
    assert ids(found(folder, CHECKS, template)) == told
