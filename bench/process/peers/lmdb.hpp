#pragma once

#include <lmdb.h>

#include <filesystem>

#include "../value.hpp"

namespace bench {

/// One key in a memory-mapped database that never waits for its file.
template <class T>
class Lmdb {
  public:
    static constexpr std::string_view name = "LMDB, no sync";

    /// In memory, as all others are. A child opens the database anew: it does not survive fork.
    Lmdb() {
        if (mkdtemp(folder_.data()) == nullptr) {
            throw std::system_error{errno, std::generic_category(), folder_};
        }
        enter();
        set(T{});
        close();
    }
    Lmdb(const Lmdb&) = delete;
    Lmdb& operator=(const Lmdb&) = delete;

    ~Lmdb() {
        close();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void enter() {
        MDB_txn* first = nullptr;
        check(mdb_env_create(&env_));
        check(mdb_env_set_mapsize(env_, std::size_t{16} << 20U));
        check(mdb_env_open(env_, folder_.c_str(), MDB_NOSYNC | MDB_WRITEMAP | MDB_MAPASYNC, 0600));
        check(mdb_txn_begin(env_, nullptr, 0, &first));
        check(mdb_dbi_open(first, nullptr, 0, &database_));
        check(mdb_txn_commit(first));
        check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &reader_));
        mdb_txn_reset(reader_);
    }

    template <class F>
    void read(F use) {
        T copy;
        MDB_val found;
        check(mdb_txn_renew(reader_));
        check(mdb_get(reader_, database_, &key_, &found));
        std::memcpy(&copy, found.mv_data, sizeof copy);
        mdb_txn_reset(reader_);
        use(copy);
    }

    void set(const T& value) {
        MDB_txn* writer = begin();
        while (!put(writer, value)) writer = begin();
    }

    template <class F>
    void update(F change) {
        for (;;) {
            MDB_txn* const writer = begin();
            MDB_val found;
            T copy;
            check(mdb_get(writer, database_, &key_, &found));
            std::memcpy(&copy, found.mv_data, sizeof copy);
            change(copy);
            if (put(writer, copy)) return;
        }
    }

  private:
    static void check(int result) {
        if (result != MDB_SUCCESS) throw std::runtime_error{mdb_strerror(result)};
    }

    MDB_txn* begin() {
        MDB_txn* writer = nullptr;
        check(mdb_txn_begin(env_, nullptr, 0, &writer));
        return writer;
    }

    /// False: a reader that the kernel has stopped keeps all pages, and the writer begins again.
    bool put(MDB_txn* writer, const T& value) {
        MDB_val bytes{sizeof value, const_cast<T*>(&value)};
        int result = mdb_put(writer, database_, &key_, &bytes, 0);
        if (result == MDB_SUCCESS) {
            result = mdb_txn_commit(writer);
        } else {
            mdb_txn_abort(writer);
        }
        if (result == MDB_MAP_FULL) return false;
        check(result);
        return true;
    }

    void close() {
        if (env_ == nullptr) return;
        mdb_txn_abort(reader_);
        mdb_env_close(env_);
        env_ = nullptr;
    }

    std::string folder_ = "/dev/shm/atomos-bench-XXXXXX";
    char key_text_[6] = "value";
    MDB_val key_{5, key_text_};
    MDB_env* env_ = nullptr;
    MDB_txn* reader_ = nullptr;
    MDB_dbi database_ = 0;
};

inline const bool lmdb_added = add_shared_value<Lmdb>();

}  // namespace bench
