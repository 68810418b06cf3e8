// Package my_app stands for your application: logs in, calls the API, refreshes after a 401.
package my_app

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

var ErrLoginRequired = errors.New("log in again")

type App struct {
	base   string
	tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
}

func New(base string) *App { return &App{base: base} }

// FinishLogin is what your callback's handler calls.
func (a *App) FinishLogin(code, verifier string) error {
	return a.post(url.Values{"grant_type": {"authorization_code"}, "code": {code},
		"redirect_uri": {"http://127.0.0.1:3000/callback"}, "code_verifier": {verifier}})
}

// WhoAmI is the user's e-mail address.
func (a *App) WhoAmI() (string, error) {
	email, status, err := a.me()
	if err == nil && status == http.StatusUnauthorized {
		if err = a.post(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.tokens.Refresh}}); err == nil {
			email, _, err = a.me()
		}
	}
	return email, err
}

func (a *App) me() (string, int, error) {
	request, err := http.NewRequest("GET", a.base+"/v1/user/me", nil)
	if err != nil {
		return "", 0, err
	}
	request.Header.Set("Authorization", "Bearer "+a.tokens.Access)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", 0, err
	}
	defer answer.Body.Close()
	var body struct{ Data struct{ Email string } }
	if answer.StatusCode == http.StatusOK {
		err = json.NewDecoder(answer.Body).Decode(&body)
	}
	return body.Data.Email, answer.StatusCode, err
}

func (a *App) post(form url.Values) error {
	form.Set("client_id", "demo")
	answer, err := http.PostForm(a.base+"/v1/oauth/token", form)
	if err != nil {
		return ErrLoginRequired
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return ErrLoginRequired
	}
	return json.NewDecoder(answer.Body).Decode(&a.tokens)
}
