"""What a laptop needs and production must be given: a secret key made on the first run."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def create_once(path: Path, content: str) -> str:
    """The text of `path`, which is written with `content` (mode 0600) unless it exists.

    Those who begin at the same moment agree: the file appears complete or not at all. Raises
    ImproperlyConfigured where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, prefix=path.name) as draft:
            draft.write(content)
            draft.flush()
            with suppress(FileExistsError):
                os.link(draft.name, path)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be written: {error.strerror}. "
            "Set ECOM_DATA_DIR to a folder that can be."
        ) from error


def secret_key(data_dir: Path) -> str:
    return create_once(data_dir / "secret_key", get_random_secret_key())
