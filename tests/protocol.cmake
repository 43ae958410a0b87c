# SPDX-License-Identifier: Apache-2.0
# test_protocol: the protocol's state under a sanitizer, without sockets. Beast costs one to two minutes a unit there, and
# what travels over it is tested over loopback in the release build.
find_package(OpenSSL REQUIRED)
find_package(spdlog REQUIRED)
find_package(ZLIB REQUIRED)
file(GLOB_RECURSE protocol CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/gateway/ingress/*.cpp
     ${CMAKE_SOURCE_DIR}/gateway/egress/*.cpp ${CMAKE_SOURCE_DIR}/gateway/admin/*.cpp
     ${CMAKE_SOURCE_DIR}/gateway/specs/*.cpp)
foreach(name address_list directory decimal keys config config_addresses config_classes config_energy config_entries config_keys
        config_value bootstrap wire_error)
  list(APPEND protocol ${CMAKE_SOURCE_DIR}/gateway/${name}.cpp)
endforeach()
file(GLOB protocol_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/gateway/*.cpp)
list(FILTER protocol_tests EXCLUDE REGEX "/(transport|replay|demo)_[^/]*$")
add_executable(test_protocol EXCLUDE_FROM_ALL ${protocol} ${protocol_tests})
target_link_libraries(test_protocol PRIVATE gridbook_test_main gridbook_ledger OpenSSL::Crypto spdlog::spdlog
                      ZLIB::ZLIB ${SIMDJSON} ${TOMLPLUSPLUS})
add_test(NAME protocol COMMAND test_protocol WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
