// golang.org/x/oauth2 as its documentation shows it, with a verifier of its own: this version has no
// PKCE yet, and leaves state and sessions to the app.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

type session struct {
	sync.Mutex
	state, verifier string
	source          oauth2.TokenSource
}

var (
	config = &oauth2.Config{
		ClientID:    os.Getenv("CLIENT_ID"),
		RedirectURL: os.Getenv("REDIRECT"),
		Endpoint: oauth2.Endpoint{
			AuthURL: os.Getenv("AUTHORIZE_URL"), TokenURL: os.Getenv("TOKEN_URL"),
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
	sessions sync.Map
	client   = &http.Client{Timeout: 10 * time.Second}
)

func unguessable() string {
	bytes := make([]byte, 32)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(bytes)
}

func sessionOf(w http.ResponseWriter, r *http.Request) *session {
	if cookie, err := r.Cookie("session"); err == nil {
		if known, ok := sessions.Load(cookie.Value); ok {
			return known.(*session)
		}
	}
	name, made := unguessable(), &session{}
	sessions.Store(name, made)
	http.SetCookie(w, &http.Cookie{Name: "session", Value: name, Path: "/", HttpOnly: true,
		SameSite: http.SameSiteLaxMode})
	return made
}

func login(w http.ResponseWriter, r *http.Request) {
	s := sessionOf(w, r)
	s.Lock()
	defer s.Unlock()
	s.state, s.verifier = unguessable(), unguessable()
	sum := sha256.Sum256([]byte(s.verifier))
	http.Redirect(w, r, config.AuthCodeURL(s.state,
		oauth2.SetAuthURLParam("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:])),
		oauth2.SetAuthURLParam("code_challenge_method", "S256")), http.StatusFound)
}

func callback(w http.ResponseWriter, r *http.Request) {
	s := sessionOf(w, r)
	s.Lock()
	defer s.Unlock()
	query := r.URL.Query()
	if s.state == "" || query.Get("state") != s.state {
		http.Error(w, "This login was not begun here", http.StatusForbidden)
		return
	}
	verifier := s.verifier
	s.state, s.verifier = "", ""
	if query.Get("error") != "" || query.Get("code") == "" {
		http.Error(w, "The login failed", http.StatusForbidden)
		return
	}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, client)
	token, err := config.Exchange(ctx, query.Get("code"),
		oauth2.SetAuthURLParam("code_verifier", verifier))
	if err != nil { // its text quotes the answer
		http.Error(w, "The login failed", http.StatusBadGateway)
		return
	}
	s.source = config.TokenSource(ctx, token)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func me(w http.ResponseWriter, r *http.Request) {
	s := sessionOf(w, r)
	s.Lock()
	source := s.source
	s.Unlock()
	if source == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, client)
	answer, err := oauth2.NewClient(ctx, source).Get(os.Getenv("API_URL") + "/v1/user/me")
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	answer.Body.Close()
	w.WriteHeader(answer.StatusCode)
}

func main() {
	redirect, err := url.Parse(config.RedirectURL)
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/login", login)
	http.HandleFunc(redirect.Path, callback)
	http.HandleFunc("/me", me)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("Hello")) })
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
