// SPDX-License-Identifier: Apache-2.0
// The compiled parts of Asio and Beast (BOOST_ASIO_SEPARATE_COMPILATION, BOOST_BEAST_SEPARATE_COMPILATION),
// once for the whole program, so that the files that use them stay quick to build. Nothing of ours is in
// here.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
