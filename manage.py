#!/usr/bin/env python
import os
import sys

from ecom.manage import run

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecom.settings.monolith")
    run(sys.argv)
