# The demo that `arc-sandbox start` runs in this repository: a session app whose code
# lies in fixtures/apps/counter. In an app of your own, leave the `src` lines out.
@app
counter-demo

@aws
runtime python3.11

@http
/
  method get
  src fixtures/apps/counter/src/http/get-index
/count
  method post
  src fixtures/apps/counter/src/http/post-count
/reset
  method post
  src fixtures/apps/counter/src/http/post-reset
/sign-in
  method post
  src fixtures/apps/counter/src/http/post-sign_in
/sign-out
  method post
  src fixtures/apps/counter/src/http/post-sign_out
/api/session
  method get
  src fixtures/apps/counter/src/http/get-api-session

@static
folder fixtures/apps/counter/public

@views
src fixtures/apps/counter/src/views

@tables
sessions
  _idx *String
  _ttl TTL
