"""What a benchmark ran on, in words for its table."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version


def described() -> str:
    """Cores, memory, processor and the versions that matter, in one line."""
    with open("/proc/meminfo") as file:
        gib = int(file.readline().split()[1]) / 2**20
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    processor = names[0] if names else platform.machine()
    packages = [f"{name} {found}" for name in ("nbgrader", "keras", "numpy") if (found := _version(name))]
    tensorflow = _version("tensorflow-cpu") or _version("tensorflow")
    return (
        f"{os.cpu_count()} cores ({processor}), {gib:.0f} GiB, no GPU used; "
        f"Python {platform.python_version()}, TensorFlow {tensorflow}, {', '.join(packages)}"
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
