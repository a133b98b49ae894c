"""How watches hear of an atom that processes share: delivery, once, executor; and their end."""

import threading

import pytest

import atomos
from atomos.multiprocessing.atom import Atom

from .children import Child, call
from .watches_test import Ear, reset_to


@pytest.fixture
def failures():
    heard = []
    before = atomos.set_watch_error_handler(heard.append)
    yield heard
    atomos.set_watch_error_handler(before)


def together(*jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("everyone", [False, True])
def test_ordered_is_refused_and_nothing_has_changed(everyone):
    atom = Atom(0)

    with pytest.raises(ValueError, match="'direct' or 'latest'.*not 'ordered'"):
        atom.add_watch("k", print, everyone, delivery="ordered")

    assert atom.get_watches() == {}


def test_latest_never_rests_on_an_old_value_and_never_goes_back():
    atom, told = Atom(0), []
    atom.add_watch("k", lambda key, ref, old, new: told.append((old, new)), delivery="latest")

    def swap():
        for _ in range(300):
            atom.swap(lambda n: n + 1)

    together(*[swap] * 4)

    news = [new for _, new in told]
    assert news[-1] == 1200
    assert news == sorted(set(news))
    assert [old for old, _ in told] == [0, *news[:-1]]


def test_latest_hears_what_this_process_changes_and_finds_what_others_did():
    atom, told = Atom(0), []
    atom.add_watch("k", lambda key, ref, old, new: told.append((old, new)), delivery="latest")

    call("fork", reset_to, atom, 1, 2)
    assert told == []
    atom.reset(3)

    assert told == [(0, 3)]


@pytest.mark.parametrize("everyone", [False, True])
def test_an_executor_is_given_the_task(everyone):
    atom, ear, tasks = Atom(0), Ear(), []
    given = threading.Semaphore(0)

    def executor(task):
        tasks.append(task)
        given.release()

    atom.add_watch("k", ear, everyone, executor=executor, delivery="latest")

    if everyone:
        call("fork", reset_to, atom, 1)
    else:
        atom.reset(1)
    given.acquire()
    assert ear.told == []
    tasks.pop()()

    assert [told[:3] for told in ear.told] == [("k", 0, 1)]
    assert ear.told[0][3] == threading.get_ident()
    atom.remove_watch("k")


@pytest.mark.parametrize("everyone", [False, True])
def test_once_hears_one_change_and_is_removed(everyone):
    atom, ear, other = Atom(0), Ear(), Ear()
    atom.add_watch("once", ear, everyone, once=True)
    atom.add_watch("other", other, everyone)

    for state in (1, 2):
        call("fork", reset_to, atom, state) if everyone else atom.reset(state)
        other.until(state)

    assert [told[:3] for told in ear.told] == [("once", 0, 1)]
    assert list(atom.get_watches()) == ["other"]
    atom.remove_watch("other")


def test_get_watches_shows_the_functions_themselves():
    atom = Atom(0)
    atom.add_watch("everyone", print, everyone=True)
    atom.add_watch("latest", repr, delivery="latest")

    assert atom.get_watches() == {"everyone": print, "latest": repr}

    atom.remove_watch("everyone")


def test_what_a_watch_of_everyone_raises_goes_to_the_handler(failures):
    atom, ear = Atom(0), Ear()

    def raising(*told):
        raise ZeroDivisionError

    atom.add_watch("raising", raising, everyone=True)
    atom.add_watch("ear", ear, everyone=True)
    call("fork", reset_to, atom, 1)
    ear.until(1)
    call("fork", reset_to, atom, 2)
    ear.until(2)
    with atom.watching(ear, "after", everyone=True):
        pass
    atom.remove_watch_and_wait("raising")
    atom.remove_watch("ear")

    assert [(f.atom, f.key, type(f.error)) for f in failures] == [
        (atom, "raising", ZeroDivisionError)
    ] * 2


def test_the_end_of_a_block_waits_for_the_watcher_s_call():
    atom, ended = Atom(0), []
    inside, go_on = threading.Event(), threading.Event()

    def slow(*_):
        inside.set()
        go_on.wait()
        ended.append(True)

    block = atom.watching(slow, everyone=True)
    block.__enter__()
    call("fork", reset_to, atom, 1)
    inside.wait()
    threading.Timer(0.05, go_on.set).start()
    block.__exit__(None, None, None)

    assert ended == [True]


def tell_in_child(atom):
    told = []
    atom.add_watch("child", lambda key, ref, old, new: told.append(new), delivery="latest")
    atom.reset(7)
    atom.remove_watch_and_wait("inherited")
    return told, sorted(atom.get_watches())


def test_a_forked_child_hears_by_its_own_copy_of_the_watches():
    atom, told = Atom(0), []
    atom.add_watch("inherited", lambda key, ref, old, new: told.append(new), delivery="latest")

    assert call("fork", tell_in_child, atom) == ([7], ["child"])
    assert told == []


def test_many_children_s_changes_are_told_to_an_executor_without_going_back():
    atom, ear = Atom(0), Ear()
    atom.add_watch("k", ear, everyone=True, executor=lambda task: task())

    children = [Child("fork", reset_to, atom, *range(1, 300)) for _ in range(2)]
    for child in children:
        child.answer()
    told = ear.until(atom.deref())
    atom.remove_watch("k")

    assert [old for _, old, *_ in told[1:]] == [new for _, _, new, _ in told[:-1]]
