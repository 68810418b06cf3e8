// golang.org/x/oauth2, as Debian 12 has it (0.3.0: PKCE is passed through it as further parameters). Its
// token source refreshes by the clock; after a 401 the app says that the token is dead.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

type session struct {
	state, verifier string
	token           *oauth2.Token
}

var (
	lock     sync.Mutex // one request at a time: no two refresh
	sessions = map[string]*session{}
	config   = oauth2.Config{
		ClientID: os.Getenv("CLIENT_ID"), ClientSecret: os.Getenv("CLIENT_SECRET"), RedirectURL: os.Getenv("REDIRECT"),
		Endpoint: oauth2.Endpoint{AuthURL: os.Getenv("AUTHORIZE_URL"), TokenURL: os.Getenv("TOKEN_URL"),
			AuthStyle: oauth2.AuthStyleInParams},
	}
)

func unguessable() string {
	bytes := make([]byte, 32)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(bytes)
}

func of(r *http.Request) *session {
	if cookie, err := r.Cookie("session"); err == nil && sessions[cookie.Value] != nil {
		return sessions[cookie.Value]
	}
	return &session{}
}

func keep(w http.ResponseWriter, s *session) {
	key := unguessable()
	sessions[key] = s
	http.SetCookie(w, &http.Cookie{Name: "session", Value: key, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func login(w http.ResponseWriter, r *http.Request) {
	s := &session{state: unguessable(), verifier: unguessable()}
	challenge := sha256.Sum256([]byte(s.verifier))
	keep(w, s)
	http.Redirect(w, r, config.AuthCodeURL(s.state,
		oauth2.SetAuthURLParam("code_challenge", base64.RawURLEncoding.EncodeToString(challenge[:])),
		oauth2.SetAuthURLParam("code_challenge_method", "S256")), http.StatusFound)
}

func callback(w http.ResponseWriter, r *http.Request) {
	s, query := of(r), r.URL.Query()
	state := s.state
	s.state = ""
	if state == "" || query.Get("state") != state || query.Get("code") == "" {
		http.Error(w, "this login was not begun here", http.StatusBadRequest)
		return
	}
	token, err := config.Exchange(r.Context(), query.Get("code"), oauth2.SetAuthURLParam("code_verifier", s.verifier))
	if err != nil {
		http.Error(w, "HeyGen gave no token", http.StatusBadRequest)
		return
	}
	keep(w, &session{token: token})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func call(token *oauth2.Token) (int, []byte, error) {
	client := oauth2.NewClient(context.Background(), oauth2.StaticTokenSource(token))
	answer, err := client.Get(os.Getenv("API_URL") + "/v1/user/me")
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

func me(w http.ResponseWriter, r *http.Request) {
	s := of(r)
	if s.token == nil {
		http.Error(w, "log in first", http.StatusUnauthorized)
		return
	}
	status, body, err := call(s.token)
	if err == nil && status == http.StatusUnauthorized {
		dead := *s.token
		dead.Expiry = time.Unix(1, 0)
		if s.token, err = config.TokenSource(r.Context(), &dead).Token(); err == nil {
			status, body, err = call(s.token)
		}
	}
	if err != nil {
		http.Error(w, "log in again", http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(status)
	w.Write(body)
}

func logout(w http.ResponseWriter, r *http.Request) {
	s := of(r)
	token := s.token
	s.token = nil
	if token != nil { // the library has no call for it
		if answer, err := http.PostForm(os.Getenv("REVOKE_URL"),
			url.Values{"token": {token.RefreshToken}, "client_id": {config.ClientID}}); err == nil {
			answer.Body.Close()
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func main() {
	redirect, err := url.Parse(config.RedirectURL)
	if err != nil {
		log.Fatal(err)
	}
	pages := map[string]http.HandlerFunc{"/login": login, redirect.Path: callback, "/me": me, "/logout": logout,
		"/": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `<a href="/login">Log in</a>`) }}
	for path, page := range pages {
		page := page
		http.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			lock.Lock()
			defer lock.Unlock()
			page(w, r)
		})
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	log.Fatal(http.Serve(listener, nil))
}
