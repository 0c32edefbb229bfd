#pragma once
// A client of the interface MLSClient, and the service that it calls, over a loopback connection.

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <mls_client.grpc.pb.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "service.h"

namespace dmls::interop::test {

using Stub = mls_client::MLSClient::StubInterface;

// A server with a service of its own, on a free port.
class Server {
 public:
  explicit Server(std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials()) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  [[nodiscard]] std::string address() const { return "localhost:" + std::to_string(port_); }

 private:
  int port_ = 0;
  Service service_;
  std::unique_ptr<grpc::Server> server_;
};

// Calls, and notes which.
class Caller {
 public:
  Caller(const std::string& address,
         const std::shared_ptr<grpc::ChannelCredentials>& credentials = grpc::InsecureChannelCredentials())
      : stub_(mls_client::MLSClient::NewStub(grpc::CreateChannel(address, credentials))) {}

  template <class Request, class Response>
  grpc::Status status(const char* name, grpc::Status (Stub::*call)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request, Response* response) {
    grpc::ClientContext context;
    called_.insert(name);
    return (stub_.get()->*call)(&context, request, response);
  }
  // A call that has to succeed.
  template <class Request, class Response>
  Response operator()(const char* name, grpc::Status (Stub::*call)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request) {
    Response response;
    const grpc::Status status = this->status(name, call, request, &response);
    EXPECT_TRUE(status.ok()) << name << ": " << status.error_message();
    return response;
  }
  // A call that has to fail; its status.
  template <class Request, class Response>
  grpc::Status refused(const char* name, grpc::Status (Stub::*call)(grpc::ClientContext*, const Request&, Response*),
                       const Request& request) {
    Response response;
    grpc::Status status = this->status(name, call, request, &response);
    EXPECT_FALSE(status.ok()) << name;
    return status;
  }
  [[nodiscard]] const std::set<std::string>& called() const { return called_; }

 private:
  std::unique_ptr<Stub> stub_;
  std::set<std::string> called_;
};

// DMLS_CALL(Name): what names a call to Caller.
#define DMLS_CALL(name) #name, &::dmls::interop::test::Stub::name

}  // namespace dmls::interop::test
