/* The Python module certs.sm._sm2: keys as objects, their acts as methods, the GIL released while they compute.
 *
 * A public key that has verified often gets a comb of its own; of all keys the most recently used keep theirs. The
 * list of combs is changed only while the GIL is held; a comb in use has a reference and outlives its eviction.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "sm2.h"

#define SEEN_BEFORE_TABLE 12 /* making a comb costs as much as this many verifications save */
#define KEPT_TABLES 64       /* 86 KiB each */

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown compiler"
#endif
#if defined(__x86_64__)
#define MACHINE "x86-64"
#elif defined(__aarch64__)
#define MACHINE "arm64"
#else
#define MACHINE "other machine"
#endif

typedef struct shared_comb {
    int references;
    comb table;
} shared_comb;

typedef struct public_object {
    PyObject_HEAD
    public_key key;
    int seen;
    shared_comb *table;
    struct public_object *newer, *older; /* in the list of keys with combs */
} public_object;

typedef struct {
    PyObject_HEAD
    private_key key;
} private_object;

static public_object *newest, *oldest;
static int kept;

/* --- combs, all under the GIL ------------------------------------------------------------------------------------ */

static void table_release(shared_comb *table)
{
    if (table && --table->references == 0)
        PyMem_Free(table);
}

static void list_remove(public_object *self)
{
    if (self->newer)
        self->newer->older = self->older;
    else
        newest = self->older;
    if (self->older)
        self->older->newer = self->newer;
    else
        oldest = self->newer;
    self->newer = self->older = NULL;
    kept--;
}

static void list_push(public_object *self)
{
    self->older = newest;
    if (newest)
        newest->newer = self;
    else
        oldest = self;
    newest = self;
    kept++;
}

static void table_drop(public_object *self)
{
    shared_comb *table = self->table;
    list_remove(self);
    self->table = NULL;
    self->seen = 0;
    table_release(table);
}

/* Borrow the comb of a key for one verification: NULL while the key is new. Makes it when the key is no longer new. */
static shared_comb *table_borrow(public_object *self)
{
    if (self->table) {
        if (newest != self) {
            list_remove(self);
            list_push(self);
        }
    } else if (self->seen < SEEN_BEFORE_TABLE && ++self->seen == SEEN_BEFORE_TABLE) {
        shared_comb *made = PyMem_Malloc(sizeof *made);
        if (!made)
            return NULL;
        made->references = 1;
        Py_BEGIN_ALLOW_THREADS
        curve_comb(&made->table, &self->key.point);
        Py_END_ALLOW_THREADS
        self->table = made; /* no other thread makes one: the count is equal once */
        list_push(self);
        if (kept > KEPT_TABLES)
            table_drop(oldest);
    }
    if (self->table)
        self->table->references++;
    return self->table;
}

/* --- arguments --------------------------------------------------------------------------------------------------- */

static int bytes_of(PyObject *object, const uint8_t **data, Py_ssize_t *size)
{
    char *found;
    if (PyBytes_AsStringAndSize(object, &found, size) < 0)
        return -1;
    *data = (const uint8_t *)found;
    return 0;
}

static const uint8_t *bytes_sized(PyObject *object, Py_ssize_t wanted, const char *what)
{
    const uint8_t *data;
    Py_ssize_t size;
    if (bytes_of(object, &data, &size) < 0)
        return NULL;
    if (size == wanted)
        return data;
    PyErr_Format(PyExc_ValueError, "%s of %zd bytes where %zd belong", what, size, wanted);
    return NULL;
}

static PyObject *only_argument(PyObject *args, PyObject *kwargs)
{
    PyObject *argument;
    if (kwargs && PyDict_Size(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "takes no keyword arguments");
        return NULL;
    }
    return PyArg_ParseTuple(args, "O", &argument) ? argument : NULL;
}

static PyObject *no_random(void)
{
    PyErr_SetString(PyExc_OSError, "the system gives no random bytes");
    return NULL;
}

static PyObject *object_new(PyTypeObject *type)
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    return allocate(type, 0);
}

static void object_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

/* --- private keys ------------------------------------------------------------------------------------------------ */

static PyObject *private_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *argument = only_argument(args, kwargs);
    const uint8_t *scalar = argument ? bytes_sized(argument, 32, "a scalar") : NULL;
    private_object *self = scalar ? (private_object *)object_new(type) : NULL;
    if (!self)
        return NULL;
    if (private_key_read(&self->key, scalar) == SM2_DONE)
        return (PyObject *)self;
    Py_DECREF(self);
    PyErr_SetString(PyExc_ValueError, "a scalar out of range");
    return NULL;
}

static void private_dealloc(PyObject *self)
{
    wipe(&((private_object *)self)->key, sizeof(private_key));
    object_free(self);
}

static PyObject *private_point(PyObject *self, void *unused)
{
    (void)unused;
    return PyBytes_FromStringAndSize((const char *)((private_object *)self)->key.point, 64);
}

static PyObject *private_sign(PyObject *self, PyObject *argument)
{
    const uint8_t *e = bytes_sized(argument, 32, "a digest");
    uint8_t der[SIGNATURE_MAX];
    size_t size = 0;
    outcome done;
    if (!e)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    done = sm2_sign(&((private_object *)self)->key, e, der, &size);
    Py_END_ALLOW_THREADS
    return done == SM2_DONE ? PyBytes_FromStringAndSize((const char *)der, (Py_ssize_t)size) : no_random();
}

static PyObject *private_decrypt(PyObject *self, PyObject *argument)
{
    const uint8_t *der;
    Py_ssize_t size;
    cipher parts;
    outcome done;
    if (bytes_of(argument, &der, &size) < 0)
        return NULL;
    if (!cipher_read(&parts, der, (size_t)size) || parts.size > PLAINTEXT_MAX)
        Py_RETURN_NONE;
    PyObject *plain = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)parts.size);
    if (!plain)
        return NULL;
    uint8_t *out = (uint8_t *)PyBytes_AsString(plain);
    Py_BEGIN_ALLOW_THREADS
    done = sm2_decrypt(&((private_object *)self)->key, &parts, out);
    Py_END_ALLOW_THREADS
    if (done == SM2_DONE)
        return plain;
    Py_DECREF(plain);
    Py_RETURN_NONE;
}

static PyMethodDef private_methods[] = {
    {"sign", private_sign, METH_O, "Sign a digest of 32 bytes with a fresh nonce; returns DER."},
    {"decrypt", private_decrypt, METH_O, "Decrypt DER SM2Cipher; None when it does not authenticate."},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef private_values[] = {
    {"point", private_point, NULL, "The public key, x and y in 64 bytes.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot private_slots[] = {
    {Py_tp_doc, "A private key; what it knows is wiped when it goes."},
    {Py_tp_new, (void *)private_new},
    {Py_tp_dealloc, (void *)private_dealloc},
    {Py_tp_methods, private_methods},
    {Py_tp_getset, private_values},
    {0, NULL},
};
static PyType_Spec private_spec = {"certs.sm._sm2.PrivateKey", sizeof(private_object), 0, Py_TPFLAGS_DEFAULT,
                                   private_slots};

/* --- public keys ------------------------------------------------------------------------------------------------- */

static PyObject *public_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *argument = only_argument(args, kwargs);
    const uint8_t *point = argument ? bytes_sized(argument, 64, "a point") : NULL;
    public_object *self = point ? (public_object *)object_new(type) : NULL;
    if (!self)
        return NULL;
    if (public_key_read(&self->key, point) == SM2_DONE)
        return (PyObject *)self;
    Py_DECREF(self);
    PyErr_SetString(PyExc_ValueError, "a point off the curve");
    return NULL;
}

static void public_dealloc(PyObject *object)
{
    public_object *self = (public_object *)object;
    if (self->table)
        table_drop(self);
    object_free(object);
}

static PyObject *public_verify(PyObject *object, PyObject *args)
{
    public_object *self = (public_object *)object;
    PyObject *digest, *signature;
    const uint8_t *e, *der;
    Py_ssize_t size;
    outcome done;
    if (!PyArg_ParseTuple(args, "OO", &digest, &signature) || !(e = bytes_sized(digest, 32, "a digest")) ||
        bytes_of(signature, &der, &size) < 0)
        return NULL;
    shared_comb *table = table_borrow(self);
    Py_BEGIN_ALLOW_THREADS
    done = sm2_verify(&self->key, table ? &table->table : NULL, e, der, (size_t)size);
    Py_END_ALLOW_THREADS
    table_release(table);
    return PyBool_FromLong(done == SM2_DONE);
}

static PyObject *public_encrypt(PyObject *object, PyObject *argument)
{
    const public_key *key = &((public_object *)object)->key;
    const uint8_t *plain;
    Py_ssize_t size;
    if (bytes_of(argument, &plain, &size) < 0)
        return NULL;
    if (size == 0 || (size_t)size > PLAINTEXT_MAX) {
        PyErr_SetString(PyExc_ValueError, "SM2 encrypts 1 byte to 1 MiB");
        return NULL;
    }
    for (;;) { /* a key stream of zeros, which would show the text, is drawn again */
        num nonce;
        uint8_t first[64];
        outcome done = SM2_NO_RANDOM;
        if (sm2_encrypt_begin(nonce, first) != SM2_DONE)
            return no_random();
        PyObject *der = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)cipher_size(first, (size_t)size));
        if (der) {
            uint8_t *out = (uint8_t *)PyBytes_AsString(der);
            Py_BEGIN_ALLOW_THREADS
            done = sm2_encrypt_with(key, nonce, first, plain, (size_t)size, out);
            Py_END_ALLOW_THREADS
        }
        wipe(nonce, sizeof nonce);
        if (!der || done == SM2_DONE)
            return der;
        Py_DECREF(der);
    }
}

static PyObject *public_known(PyObject *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(((public_object *)self)->table != NULL);
}

static PyMethodDef public_methods[] = {
    {"verify", public_verify, METH_VARARGS, "Tell whether a strict DER signature holds for a digest of 32 bytes."},
    {"encrypt", public_encrypt, METH_O, "Encrypt 1 byte to 1 MiB to DER SM2Cipher."},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef public_values[] = {
    {"known", public_known, NULL, "Whether the key has a comb of its own.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot public_slots[] = {
    {Py_tp_doc, "A public key, known to lie on the curve."},
    {Py_tp_new, (void *)public_new},
    {Py_tp_dealloc, (void *)public_dealloc},
    {Py_tp_methods, public_methods},
    {Py_tp_getset, public_values},
    {0, NULL},
};
static PyType_Spec public_spec = {"certs.sm._sm2.PublicKey", sizeof(public_object), 0, Py_TPFLAGS_DEFAULT,
                                  public_slots};

/* --- the module -------------------------------------------------------------------------------------------------- */

static int add_type(PyObject *module, const char *name, PyType_Spec *spec)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    int done = type ? PyModule_AddObjectRef(module, name, type) : -1;
    Py_XDECREF(type);
    return done;
}

static int module_exec(PyObject *module)
{
    curve_start();
    if (add_type(module, "PrivateKey", &private_spec) < 0 || add_type(module, "PublicKey", &public_spec) < 0 ||
        PyModule_AddStringConstant(module, "COMPILER", COMPILER) < 0 ||
        PyModule_AddStringConstant(module, "BUILD", "own C for " MACHINE " with " SM2_CARRIES) < 0)
        return -1;
    return 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, (void *)module_exec}, {0, NULL}};
static struct PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT, "_sm2", "SM2 in C.", 0, NULL, module_slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__sm2(void) { return PyModuleDef_Init(&module_definition); }
