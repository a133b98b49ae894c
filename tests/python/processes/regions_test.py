"""The class Region: made, opened, listed, looked into, and refused with typed errors."""

import os
import signal

import pytest

import atomos
from atomos.multiprocessing import Region
from atomos.multiprocessing.atomic import AtomicFloat, AtomicLong, AtomicReference

from .children import forked, killed


def test_create_makes_open_opens_and_remove_removes(folder):
    assert Region.list() == []

    made = Region.create("b")
    Region.open_or_create("a")

    assert Region.list() == ["a", "b"]
    assert made.name == Region.open("b").name == "b"
    assert Region.remove("b") is True
    assert Region.remove("b") is False
    assert Region.list() == ["a"]


def test_errors_have_their_types_and_say_what_was_met(folder):
    Region.create("r")

    with pytest.raises(atomos.AlreadyExists, match="r"):
        Region.create("r")
    with pytest.raises(atomos.NotFound, match="missing"):
        Region.open("missing")
    for bad in ("", "../r", ".r"):
        for call in (Region.create, Region.open, Region.open_or_create):
            with pytest.raises(ValueError):
                call(bad)
    with pytest.raises(TypeError):
        Region.open(5)
    with pytest.raises(TypeError):
        Region.create("s", no_such_option=1)
    with pytest.raises(ValueError):
        Region.create("s", participants=0)
    assert Region.list() == ["r"]


@pytest.mark.parametrize("kind", [atomos.NotFound, atomos.AlreadyExists, atomos.Mismatch])
def test_errors_are_errors_of_atomos_and_runtime_errors(kind):
    assert issubclass(kind, atomos.Error)
    assert issubclass(kind, RuntimeError)


def test_a_truncated_region_is_damaged(folder):
    Region.create("r")
    os.truncate(folder / "atomos-r", 1000)

    with pytest.raises(atomos.Damaged):
        Region.open("r")


def test_a_file_that_is_no_region_is_refused(folder):
    (folder / "atomos-r").write_bytes(b"something else" * 10_000)
    (folder / "atomos-r").chmod(0o600)

    with pytest.raises(atomos.Mismatch):
        AtomicLong(0, region="r", name="v")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_a_folder_without_permission_is_permission_denied(folder):
    folder.chmod(0)

    try:
        with pytest.raises(atomos.PermissionDenied):
            Region.create("r")
    finally:
        folder.chmod(0o700)


def test_a_region_of_another_user_is_permission_denied(folder):
    Region.create("r")
    with pytest.raises(atomos.PermissionDenied):
        Region.open("r", owner=os.geteuid() + 1)


def test_a_region_without_space_is_full_and_keeps_its_value(folder):
    region = Region.create("r", bytes=1 << 20, limit=1 << 20)
    reference = AtomicReference("small", region=region, name="v")

    with pytest.raises(atomos.Full):
        reference.set(b"x" * (2 << 20))
    with pytest.raises(atomos.Full):
        reference.update_and_get(lambda v: b"x" * (2 << 20))

    assert reference.get() == "small"
    assert reference.set("other") == "other"


def test_variables_tell_name_type_kind_size_and_version(folder):
    region = Region.create("r")
    AtomicLong(5, region=region, name="number")
    AtomicFloat(5, region=region, name="float")
    reference = AtomicReference([5], region=region, name="reference")
    before = {v.name: v for v in region.variables()}
    reference.set([6])

    after = {v.name: v for v in region.variables()}

    assert set(after) == {"number", "float", "reference"}
    assert (after["number"].type, after["number"].size) == ("int64", 8)
    assert (after["float"].type, after["float"].version) == ("float64", 0)
    assert after["reference"].version > before["reference"].version
    assert not after["reference"].damage


def test_participants_tell_who_writes_and_recover_adopts_what_the_dead_left(folder):
    region = Region.create("r")
    reference = AtomicReference("mine", region=region, name="v")

    def write():
        reference.set("theirs")
        signal.pause()

    pid = forked(write)
    reference.wait("mine")
    living = {p.pid for p in region.participants() if p.alive}
    killed(pid)
    dead = {p.pid for p in region.participants() if not p.alive}

    assert {pid, os.getpid()} <= living
    assert pid in dead
    assert region.recover().participants >= 1
    assert reference.get() == "theirs"


def test_a_removed_region_keeps_working_for_who_has_it(folder):
    number = AtomicLong(1, region="r", name="n")
    Region.remove("r")

    assert number.add_and_get(1) == 2
    assert AtomicLong(7, region="r", name="n").get() == 7


def test_a_region_cannot_be_made_by_its_class():
    with pytest.raises(TypeError):
        Region("r")
