import json

from tests.deploy.templates.stack import Stack


def test_images_cannot_change_and_are_scanned() -> None:
    repository = Stack("registry").properties("Repository")
    assert repository["ImageTagMutability"] == "IMMUTABLE"
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert repository["EncryptionConfiguration"] == {"EncryptionType": "AES256"}


def test_it_can_be_deleted_with_its_images() -> None:
    resource = Stack("registry").resources["Repository"]
    assert resource["DeletionPolicy"] == "Delete"
    assert resource["Properties"]["EmptyOnDelete"] is True


def test_old_images_go() -> None:
    text = Stack("registry").properties("Repository")["LifecyclePolicy"]["LifecyclePolicyText"]
    untagged, rest = json.loads(text["Fn::Sub"].replace("${KeptImages}", "30"))["rules"]
    assert untagged["selection"] == {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 1,
    }
    assert rest["selection"] == {
        "tagStatus": "tagged",
        "tagPatternList": ["*"],
        "countType": "imageCountMoreThan",
        "countNumber": 30,
    }
    assert untagged["rulePriority"] != rest["rulePriority"]
