// SPDX-License-Identifier: Apache-2.0
#include "ledger/folder_lock.hpp"

#include <sys/wait.h>

#include "support.hpp"

using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

TEST_CASE("a second writer and a reader of a live folder are refused by name", "[lock]") {
    const TempFolder folder;
    const auto writer = FolderLock::acquire(folder.path(), Access::write);
    REQUIRE(writer);
    for (const Access access : {Access::write, Access::read}) {
        const auto second = FolderLock::acquire(folder.path(), access);
        REQUIRE_FALSE(second);
        CHECK(second.error().code == ErrorCode::locked);
        CHECK(second.error().text.find("process id " + std::to_string(::getpid())) != std::string::npos);
        CHECK(second.error().text.find(folder.path().string()) != std::string::npos);
    }
}

TEST_CASE("readers share a folder, and a writer waits for them to end", "[lock]") {
    const TempFolder folder;
    REQUIRE(FolderLock::acquire(folder.path(), Access::write));  // and lets go
    {
        const auto one = FolderLock::acquire(folder.path(), Access::read);
        const auto two = FolderLock::acquire(folder.path(), Access::read);
        REQUIRE(one);
        REQUIRE(two);
        const auto writer = FolderLock::acquire(folder.path(), Access::write);
        REQUIRE_FALSE(writer);
        CHECK(writer.error().text.find("audit") != std::string::npos);
    }
    CHECK(FolderLock::acquire(folder.path(), Access::write));
}

TEST_CASE("the lock of a killed writer is free", "[lock]") {
    const TempFolder folder;
    const pid_t child = ::fork();
    if (child == 0) {
        const auto lock = FolderLock::acquire(folder.path(), Access::write);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    CHECK(FolderLock::acquire(folder.path(), Access::read));
    CHECK(FolderLock::acquire(folder.path(), Access::write));
}

TEST_CASE("a folder at rest without a lock file may be read", "[lock]") {
    const TempFolder folder;
    CHECK(FolderLock::acquire(folder.path(), Access::read));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "LOCK"));
}
