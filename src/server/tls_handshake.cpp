#include "tls_handshake.h"

#include <tuple>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "openssl_handles.h"

namespace comcat::server {
namespace {

constexpr int kMostTurns = 16;

using Context = Handle<SSL_CTX_free, SSL_CTX>;
using Connection = Handle<SSL_free, SSL>;

bool use(SSL_CTX* context, const std::string& chain_pem, const std::string& key_pem) {
  const Bio chain = reader(chain_pem);
  const X509Ptr leaf(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
  const Key key = parse_key(key_pem);
  if (!leaf || !key || SSL_CTX_use_certificate(context, leaf.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return false;
  }
  while (X509Ptr next{PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)}) {
    if (SSL_CTX_add0_chain_cert(context, next.get()) != 1) return false;
    std::ignore = next.release();  // the context's now
  }
  return true;
}

bool prepare(SSL_CTX* context) {
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set1_groups_list(context, "P-256") == 1;
}

}  // namespace

bool shakes_hands(const std::string& chain_pem, const std::string& key_pem) {
  const Context serving(SSL_CTX_new(TLS_server_method()));
  const Context calling(SSL_CTX_new(TLS_client_method()));
  bool done = false;
  if (prepare(serving.get()) && prepare(calling.get()) && use(serving.get(), chain_pem, key_pem)) {
    const Connection server(SSL_new(serving.get()));
    const Connection client(SSL_new(calling.get()));
    BIO* one = nullptr;
    BIO* other = nullptr;
    BIO_new_bio_pair(&one, 0, &other, 0);
    SSL_set_bio(server.get(), one, one);
    SSL_set_bio(client.get(), other, other);
    SSL_set_accept_state(server.get());
    SSL_set_connect_state(client.get());
    for (int turn = 0; turn < kMostTurns && !done; ++turn) {
      const int called = SSL_do_handshake(client.get());
      const int answered = SSL_do_handshake(server.get());
      done = called == 1 && answered == 1;
    }
  }
  ERR_clear_error();
  return done;
}

}  // namespace comcat::server
