// dmls-interop-server: serves the working group's interface MLSClient until it is told to end.

#include <grpcpp/server_builder.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "service.h"

int main(int argc, char** argv) {
  CLI::App app(
      "Answers the gRPC interface MLSClient, by which the MLS working group's test runner drives members.\n"
      "For tests: identities are not checked, and private keys are handed out on request.");
  std::string host = "127.0.0.1";
  int port = 50051;
  bool no_grease = false;
  app.add_option("--host", host, "address to listen on")->capture_default_str();
  app.add_option("--port", port, "port to listen on; 0 takes a free one")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  app.add_flag("--no-grease", no_grease, "send no random values (RFC 9420 §13.5); OpenMLS up to 0.9.2 refuses them");
  CLI11_PARSE(app, argc, argv);

  // Ends at SIGINT or SIGTERM. The threads that the server starts do not see them.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  dmls::interop::Service service(!no_grease);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(host + ":" + std::to_string(port), grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(-1);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::fprintf(stderr, "dmls-interop-server: cannot listen on %s\n", host.c_str());
    return 1;
  }
  std::printf("listening on %s:%d\n", host.c_str(), port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ending, &signal);
  server->Shutdown();
  return 0;
}
