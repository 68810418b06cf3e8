#include "client_under_test/cli/run_client.h"

int main(int argc, char** argv) { return heygen::client::run_client(argc, argv); }
