/* The least that a method of an extension type can cost: what atomos is held against.

   "Bare" methods do nothing; "unprotected" ones do the work of their atomic twins without being
   atomic. The type is a heap type without __dict__, weak references or garbage collection: nothing
   is cheaper. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

typedef struct {
    PyObject_HEAD PyObject* held;
    long long number;
} Floor;

static PyObject* bare_none(PyObject* self, PyObject* ignored) {
    (void)self, (void)ignored;
    Py_RETURN_NONE;
}

/* What a keyword costs a method of one argument that is called without. */
static PyObject* bare_named(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                            PyObject* keywords) {
    (void)self, (void)arguments;
    if (count != 1 || keywords != NULL) {
        PyErr_SetString(PyExc_TypeError, "one argument, by position");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject* bare_two(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
    (void)self, (void)arguments;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "two arguments");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject* get_held(PyObject* self, PyObject* ignored) {
    (void)ignored;
    PyObject* held = ((Floor*)self)->held;
    Py_INCREF(held);
    return held;
}

static PyObject* get_number(PyObject* self, PyObject* ignored) {
    (void)ignored;
    return PyLong_FromLongLong(((Floor*)self)->number);
}

static PyObject* increment(PyObject* self, PyObject* ignored) {
    (void)ignored;
    return PyLong_FromLongLong(++((Floor*)self)->number);
}

static PyObject* decrement(PyObject* self, PyObject* ignored) {
    (void)ignored;
    return PyLong_FromLongLong(--((Floor*)self)->number);
}

static PyObject* add(PyObject* self, PyObject* delta) {
    long long by = PyLong_AsLongLong(delta);
    if (by == -1 && PyErr_Occurred()) {
        return NULL;
    }
    return PyLong_FromLongLong(((Floor*)self)->number += by);
}

static PyObject* replace(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "two arguments");
        return NULL;
    }
    long long expect = PyLong_AsLongLong(arguments[0]);
    long long update = PyLong_AsLongLong(arguments[1]);
    if ((expect == -1 || update == -1) && PyErr_Occurred()) {
        return NULL;
    }
    if (((Floor*)self)->number != expect) {
        Py_RETURN_FALSE;
    }
    ((Floor*)self)->number = update;
    Py_RETURN_TRUE;
}

/* Calls its argument with what is held and keeps the answer, as an update does. */
static PyObject* call(PyObject* self, PyObject* function) {
    PyObject* old = ((Floor*)self)->held;
    PyObject* answer = PyObject_CallOneArg(function, old);
    if (answer == NULL) {
        return NULL;
    }
    Py_INCREF(answer);
    ((Floor*)self)->held = answer;
    Py_DECREF(old);
    return answer;
}

static PyObject* in_place(PyObject* self, PyObject* ignored) {
    (void)ignored;
    Py_INCREF(self);
    return self;
}

static PyObject* make(PyTypeObject* type, PyObject* arguments, PyObject* names) {
    PyObject* held = Py_None;
    (void)names;
    if (!PyArg_ParseTuple(arguments, "|O", &held)) {
        return NULL;
    }
    Floor* self = (Floor*)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    Py_INCREF(held);
    self->held = held;
    if (PyLong_Check(held)) {
        self->number = PyLong_AsLongLong(held);
    }
    return (PyObject*)self;
}

static void end(PyObject* self) {
    PyTypeObject* type = Py_TYPE(self);
    Py_XDECREF(((Floor*)self)->held);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"bare_none", bare_none, METH_NOARGS, NULL},
    {"bare_one", bare_none, METH_O, NULL},
    {"bare_named", (PyCFunction)(void (*)(void))bare_named, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"bare_two", (PyCFunction)(void (*)(void))bare_two, METH_FASTCALL, NULL},
    {"get_held", get_held, METH_NOARGS, NULL},
    {"get_number", get_number, METH_NOARGS, NULL},
    {"increment", increment, METH_NOARGS, NULL},
    {"decrement", decrement, METH_NOARGS, NULL},
    {"add", add, METH_O, NULL},
    {"replace", (PyCFunction)(void (*)(void))replace, METH_FASTCALL, NULL},
    {"call", call, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, make},
    {Py_tp_dealloc, end},
    {Py_tp_methods, methods},
    {Py_nb_inplace_add, in_place},
    {Py_nb_inplace_subtract, in_place},
    {0, NULL},
};

static PyType_Spec spec = {"floor.Floor", sizeof(Floor), 0, Py_TPFLAGS_DEFAULT, slots};

static int fill(PyObject* module) {
    PyObject* type = PyType_FromSpec(&spec);
    if (type == NULL || PyModule_AddObject(module, "Floor", type) < 0) {
        Py_XDECREF(type);
        return -1;
    }
    return 0;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, fill},
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "floor", .m_slots = module_slots};

PyMODINIT_FUNC PyInit_floor(void) { return PyModuleDef_Init(&module); }
