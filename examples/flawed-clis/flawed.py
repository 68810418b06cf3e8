"""What the twins share: the sound program, whose one method each of them replaces."""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clis"))

from sound_cli import *  # noqa
