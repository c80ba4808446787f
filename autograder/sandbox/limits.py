"""TRUSTED; imports the standard library only. Every limit on a submission, and the word for each.

Instructors change them in nbgrader_config.py:

    c.ExecuteAndAsk.limits = {"memory_mib": 8192, "cell_timeout_s": 120}
"""

from dataclasses import dataclass, fields

MIB = 2**20  # bytes


@dataclass(frozen=True)
class Limits:
    """What one submitted notebook may use. The unit is the end of each name; MiB are 2**20 bytes.

    Raises ValueError for anything but positive whole numbers: a limit that is none would be no limit.
    """

    cell_timeout_s: int = 60
    """Seconds that one cell may run before it is interrupted."""

    interrupt_grace_s: int = 5
    """Seconds that a kernel has to react to an interrupt before it is killed."""

    notebook_timeout_s: int = 600
    """Seconds from the start of the kernel to its end, the grader's own work included."""

    import_allowance_s: int = 120
    """Seconds added to the cell that imports TensorFlow, and to its notebook."""

    memory_mib: int = 4096
    """Memory of all the kernel's processes together; what they share is counted once."""

    processes: int = 64
    """Processes at one time, the kernel and the sandbox's own one included."""

    file_locks: int = 10_000
    """Locks on files at one time: Linux keeps each in memory of its own, and has no bound for them."""

    files_mib: int = 512
    """What /tmp, HOME, the working folder and /dev/shm may hold together."""

    output_mib: int = 16
    """What a kernel may send in all, printed or displayed; claims that were asked for not counted."""

    claim_mib: int = 16
    """One claim."""

    submitted_file_mib: int = 32
    """One submitted file; a larger one is left out of the kernel's working folder."""

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                unit = {"s": " of seconds", "MiB": " of MiB"}.get(_WORDS[name][0], "")
                raise ValueError(f"the limit {name} must be a positive whole number{unit}, not {value!r}")

    @classmethod
    def read(cls, value: "Limits | dict[str, int]") -> "Limits":
        """The limits of a configuration. Raises ValueError for a name or a number that cannot be one."""
        if isinstance(value, Limits):
            return value
        strange = value.keys() - {field.name for field in fields(cls)}
        if strange:
            known = ", ".join(field.name for field in fields(cls))
            raise ValueError(f"there is no limit {min(map(str, strange))}, but {known}")
        return cls(**value)

    def hit(self, name: str) -> "LimitHit":
        """The record that the limit called `name` was hit."""
        return LimitHit(name, getattr(self, name))


_STOPPED = "The notebook was stopped because it went over the limit for"
_WORDS = {  # name: unit, what was limited
    "cell_timeout_s": ("s", "one cell"),
    "interrupt_grace_s": ("s", "reacting to an interrupt"),
    "notebook_timeout_s": ("s", "the whole notebook"),
    "import_allowance_s": ("s", "importing TensorFlow"),
    "memory_mib": ("MiB", "memory"),
    "processes": ("", "processes at one time"),
    "file_locks": ("", "locks on files at one time"),
    "files_mib": ("MiB", "written files"),
    "output_mib": ("MiB", "printed and displayed output, or closed its connection"),
    "claim_mib": ("MiB", "one claim"),
    "submitted_file_mib": ("MiB", "one submitted file"),
}


def too_small(told: str) -> str:
    """What to do where honest work hit a limit, as `told` says in the words of `LimitHit`; "" for no limit."""
    hit = (name for name in _WORDS if told.startswith(_STOPPED) and f" ({name})." in told)
    return "".join(
        f"Give {name} a larger number in c.ExecuteAndAsk.limits in nbgrader_config.py." for name in hit
    )


@dataclass(frozen=True)
class LimitHit:
    """Which limit ended a kernel; `str()` is one sentence for the report and the log.

    repeatable: whether another run would hit it again.
    """

    name: str
    limit: int

    repeatable = True

    @property
    def unit(self) -> str:
        return _WORDS[self.name][0]

    def __str__(self) -> str:
        amount = f"{self.limit} {self.unit}".rstrip()
        return f"{_STOPPED} {_WORDS[self.name][1]}: {amount} ({self.name})."


@dataclass(frozen=True)
class Unwatched:
    """In the place of a `LimitHit`: the limits could not be watched any longer, so the kernel was ended."""

    why: str

    repeatable = False

    def __str__(self) -> str:
        return f"The notebook was stopped because its limits could not be watched ({self.why})."
