// SPDX-License-Identifier: Apache-2.0
// Ed25519, SHA-256, base64, nonces.
#include "gateway/keys.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

namespace gridbook::gateway {

namespace {

namespace fs = std::filesystem;

struct Folder {
    fs::path path = fs::temp_directory_path() / ("gridbook-keys-" + random_token(9));
    Folder() { fs::create_directory(path); }
    ~Folder() { fs::remove_all(path); }
    std::string file(const char* name) const { return (path / name).string(); }
};

std::string base64_of(std::string_view text) {
    return base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

TEST_CASE("a signature holds for its key and its message only", "[keys]") {
    const SigningKey key = SigningKey::generate(), other = SigningKey::generate();
    const std::string signature = key.sign("logon");
    CHECK(verify(key.public_key(), "logon", signature));
    CHECK_FALSE(verify(other.public_key(), "logon", signature));
    CHECK_FALSE(verify(key.public_key(), "logoff", signature));
    CHECK_FALSE(verify(key.public_key(), "logon", ""));
    CHECK_FALSE(verify(key.public_key(), "logon", signature.substr(4)));
    std::string bent = signature;
    bent[10] = bent[10] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verify(key.public_key(), "logon", bent));
}

TEST_CASE("the first vector of RFC 8032 holds", "[keys]") {
    const auto public_key = from_base64("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    REQUIRE(public_key);
    PublicKey key{};
    std::copy(public_key->begin(), public_key->end(), key.begin());
    const std::string signature =
        "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==";
    CHECK(verify(key, "", signature));
    CHECK_FALSE(verify(key, " ", signature));
}

TEST_CASE("a saved key is private, is not overwritten, and loads as the same key", "[keys]") {
    const Folder folder;
    const std::string path = folder.file("a.pem");
    const SigningKey key = SigningKey::generate();
    key.save(path);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(SigningKey::load(path).public_key() == key.public_key());
    CHECK(verify(key.public_key(), "m", SigningKey::load(path).sign("m")));
    CHECK_THROWS_WITH(SigningKey::generate().save(path), Catch::Contains(path) && Catch::Contains("exists"));
}

TEST_CASE("a key file that is none says which and why", "[keys]") {
    const Folder folder;
    CHECK_THROWS_WITH(SigningKey::load(folder.file("none.pem")), Catch::Contains("none.pem: No such file"));
    std::ofstream(folder.file("text.pem")) << "not a key\n";
    CHECK_THROWS_WITH(SigningKey::load(folder.file("text.pem")), Catch::Contains("PKCS#8"));
    std::ofstream(folder.file("x.pem"))
        << "-----BEGIN PRIVATE KEY-----\n"
           "MC4CAQAwBQYDK2VuBCIEIKAfvLnGPFU08yRCuDxDxQ5KwHSTgXCbE4LmWHhXmJ9T\n"
           "-----END PRIVATE KEY-----\n";
    CHECK_THROWS_WITH(SigningKey::load(folder.file("x.pem")), Catch::Contains("not an Ed25519 key"));
}

TEST_CASE("SHA-256 is that of FIPS 180-4", "[keys]") {
    CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("base64 is that of RFC 4648", "[keys]") {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : vectors) {
        CHECK(base64_of(plain) == text);
        CHECK(from_base64(text) == plain);
    }
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
    CHECK(from_base64(base64_of(bytes)) == bytes);
}

TEST_CASE("one value has one base64 text", "[keys]") {
    for (const char* text :
         {"Zg", "Zg=", "Zg===", "Z", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "Zm9_", "====", "=", "Zg==Zg=="}) {
        INFO(text);
        CHECK_FALSE(from_base64(text));
    }
}

TEST_CASE("tokens are long, speakable in a URL, and never the same", "[keys]") {
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        const std::string token = random_token(24);
        REQUIRE(token.size() == 32);
        REQUIRE(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
                std::string::npos);
        REQUIRE(seen.insert(token).second);
    }
}

TEST_CASE("hex is lower case, two digits a byte", "[keys]") {
    const std::uint8_t bytes[] = {0x00, 0x0f, 0xa0, 0xff};
    CHECK(hex(bytes) == "000fa0ff");
}

}  // namespace gridbook::gateway
