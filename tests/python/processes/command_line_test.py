"""The C++ side sees what Python wrote, and Python what the command line wrote."""

import json
import os
import subprocess

import pytest

from atomos.multiprocessing.atomic import (
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicLong,
    AtomicNumber,
    AtomicReference,
)

COMMAND = os.environ.get("ATOMOS_COMMAND_LINE")

pytestmark = pytest.mark.skipif(
    not COMMAND, reason="ATOMOS_COMMAND_LINE does not say where the command line atomos is"
)


def atomos_says(*arguments):
    return subprocess.run(
        [COMMAND, *map(str, arguments)], capture_output=True, text=True, check=True, timeout=60
    ).stdout.rstrip("\n")


@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (lambda **place: AtomicInteger(-(2**63), **place), "-9223372036854775808"),
        (lambda **place: AtomicLong(42, **place), "42"),
        (lambda **place: AtomicFloat(0.1, **place), "0.1"),
        (lambda **place: AtomicBoolean(True, **place), "true"),
        (lambda **place: AtomicNumber("H", 65535, **place), "65535"),
        (lambda **place: AtomicNumber("b", -1, **place), "-1"),
        (lambda **place: AtomicNumber("f", 0.5, **place), "0.5"),
    ],
)
def test_get_prints_the_number_that_python_wrote(folder, make, shown):
    make(region="shop", name="v")

    assert atomos_says("get", "shop/v") == shown


def test_python_reads_what_the_command_line_changed(folder):
    number = AtomicLong(1, region="shop", name="orders")
    share = AtomicFloat(0.5, region="shop", name="share")

    atomos_says("add", "shop/orders", 41)
    atomos_says("set", "shop/share", 0.25)

    assert (number.get(), share.get()) == (42, 0.25)
    assert number.increment_and_get() == 43
    assert atomos_says("get", "shop/orders") == "43"


def test_the_command_line_wakes_a_wait_of_python(folder):
    number = AtomicLong(1, region="shop", name="orders")

    with subprocess.Popen([COMMAND, "set", "shop/orders", "9"], stdout=subprocess.DEVNULL):
        assert number.wait(1) == 9


def test_python_opens_what_the_command_line_made(folder):
    atomos_says("set", "--create", "--type", "int64", "shop/made", 7)

    assert AtomicInteger(0, region="shop", name="made").get() == 7


def test_list_shows_the_variables_of_python(folder):
    AtomicLong(1, region="shop", name="orders")
    AtomicReference({"any": "value"}, region="shop", name="stock")

    shown = atomos_says("list", "--json", "shop")

    assert "orders" in shown
    assert "stock" in shown
    assert json.loads(shown.splitlines()[0])
