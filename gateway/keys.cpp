// SPDX-License-Identifier: Apache-2.0
#include "gateway/keys.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "engine/units/check.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::size_t signature_bytes = 64;

template <auto Free>
struct Releaser {
    template <class T>
    void operator()(T* p) const {
        Free(p);
    }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Releaser<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Releaser<BIO_free_all>>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

[[noreturn]] void fail(const std::string& path, const std::string& what) {
    throw std::runtime_error("key file " + path + ": " + what);
}

// A file that is written whole or not at all, and closed whatever happens.
class NewFile {
  public:
    // 0600, and never over an existing file: a lost signing key cannot be made again.
    explicit NewFile(const std::string& path)
        : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
        if (descriptor_ < 0) fail(path, std::strerror(errno));
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile() { ::close(descriptor_); }

    void write(const char* data, std::size_t size) {
        while (size > 0) {
            const ssize_t written = ::write(descriptor_, data, size);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) give_up(errno);
            data += written;
            size -= static_cast<std::size_t>(written);
        }
        if (::fsync(descriptor_) != 0) give_up(errno);
    }

  private:
    [[noreturn]] void give_up(int error) {
        ::unlink(path_.c_str());
        fail(path_, std::strerror(error));
    }
    std::string path_;
    int descriptor_;
};

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::span<const std::uint8_t> bytes, std::string_view alphabet, bool pad) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
        if (have > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
        if (have > 2) group |= bytes[i + 2];
        for (std::size_t k = 0; k <= have; ++k) out.push_back(alphabet[(group >> (18 - 6 * k)) & 63]);
        if (pad) out.append(3 - have, '=');
    }
    return out;
}

}  // namespace

struct SigningKey::Secret {
    KeyHandle key;
};

SigningKey::SigningKey(std::unique_ptr<Secret> secret) : secret_(std::move(secret)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::generate() {
    KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    GRIDBOOK_CHECK(key != nullptr);
    return SigningKey(std::make_unique<Secret>(Secret{std::move(key)}));
}

SigningKey SigningKey::load(const std::string& path) {
    const Bio file(BIO_new_file(path.c_str(), "r"));
    if (!file) {
        const std::string why = std::strerror(errno);
        ERR_clear_error();
        fail(path, why);
    }
    // An encrypted file would make OpenSSL ask on the terminal; a callback that knows no password ends that.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    KeyHandle key(PEM_read_bio_PrivateKey(file.get(), nullptr, no_password, nullptr));
    ERR_clear_error();
    if (!key) fail(path, "is not an unencrypted PKCS#8 PEM private key");
    if (EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) fail(path, "is not an Ed25519 key");
    return SigningKey(std::make_unique<Secret>(Secret{std::move(key)}));
}

void SigningKey::save(const std::string& path) const {
    // Secure memory: cleared when it is freed.
    const Bio memory(BIO_new(BIO_s_secmem()));
    GRIDBOOK_CHECK(memory != nullptr);
    GRIDBOOK_CHECK(PEM_write_bio_PKCS8PrivateKey(memory.get(), secret_->key.get(), nullptr, nullptr, 0,
                                                 nullptr, nullptr) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    NewFile(path).write(text, static_cast<std::size_t>(size));
}

PublicKey SigningKey::public_key() const {
    PublicKey out{};
    std::size_t size = out.size();
    GRIDBOOK_CHECK(EVP_PKEY_get_raw_public_key(secret_->key.get(), out.data(), &size) == 1);
    return out;
}

std::string SigningKey::sign(std::string_view message) const {
    const DigestContext context(EVP_MD_CTX_new());
    std::array<std::uint8_t, signature_bytes> signature{};
    std::size_t size = signature.size();
    GRIDBOOK_CHECK(context != nullptr);
    GRIDBOOK_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, secret_->key.get()) == 1);
    GRIDBOOK_CHECK(
        EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(message), message.size()) == 1);
    return base64(signature);
}

bool verify(const PublicKey& key, std::string_view message, std::string_view signature_base64) {
    const auto signature = from_base64(signature_base64);
    if (!signature || signature->size() != signature_bytes) return false;
    const KeyHandle handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    const DigestContext context(EVP_MD_CTX_new());
    const bool genuine = handle && context &&
                         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
                         EVP_DigestVerify(context.get(), bytes_of(*signature), signature->size(),
                                          bytes_of(message), message.size()) == 1;
    // A refused signature leaves its story in the thread's error queue.
    ERR_clear_error();
    return genuine;
}

Digest sha256(std::string_view bytes) {
    Digest out{};
    std::size_t size = 0;
    GRIDBOOK_CHECK(EVP_Q_digest(nullptr, "SHA256", nullptr, bytes.data(), bytes.size(), out.data(), &size) ==
                   1);
    return out;
}

std::string hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 15]);
    }
    return out;
}

std::string base64(std::span<const std::uint8_t> bytes) { return encode(bytes, base64_alphabet, true); }

// Strict: padded, no white space, and the unused bits are zero, so that every text stands for one value only.
std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    text.remove_suffix(padding);
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const std::size_t value = base64_alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out.push_back(static_cast<char>(group >> bits & 255));
    }
    if ((group & ((1u << bits) - 1)) != 0) return std::nullopt;
    return out;
}

std::string random_token(std::size_t bytes) {
    std::vector<std::uint8_t> random(bytes);
    GRIDBOOK_CHECK(RAND_bytes(random.data(), static_cast<int>(bytes)) == 1);
    return encode(random, base64url_alphabet, false);
}

}  // namespace gridbook::gateway
