// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads one HTTP/1.1 answer out of gathered bytes, for our own clients: a body by Content-Length, chunked, or
// up to the end of the connection. It knows no socket.

#include <map>
#include <string>
#include <string_view>

namespace gridbook::gateway {

class AnswerReader {
  public:
    // `bodiless`: the answer to HEAD ends with its header, whatever length it names.
    explicit AnswerReader(bool bodiless) : bodiless_(bodiless) {}

    // True once all of the answer is in `input`; `ended`: nothing more will come. Throws std::runtime_error
    // when this is no HTTP answer.
    bool read(std::string_view input, bool ended);

    unsigned status() const { return status_; }
    // Empty when absent; `name` in lower case.
    std::string header(const std::string& name) const;
    const std::string& body() const { return body_; }
    std::size_t size() const { return size_; }  // bytes of the input that were the answer
    bool keep_alive() const { return !until_end_ && header("connection") != "close"; }

  private:
    bool read_header(std::string_view input);
    bool read_body(std::string_view input, bool ended);
    bool read_chunks(std::string_view input);

    const bool bodiless_;
    bool until_end_ = false;
    unsigned status_ = 0;
    std::size_t header_size_ = 0;
    std::size_t size_ = 0;
    std::map<std::string, std::string> headers_;
    std::string body_;
};

}  // namespace gridbook::gateway
