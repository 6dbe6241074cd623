"""Namespaces of trusted code that programs are evaluated on. Here: PyTorch."""

from pathlib import Path

TORCH_ENGINE = Path(__file__).parent / "torch_engine.py"
