package my_app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

var mock string // its address

// One mock on a free port for all tests of the package.
func TestMain(m *testing.M) {
	server := exec.Command("heygen-mock-server", "--listen", "127.0.0.1:0", "--log", "off")
	out, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		panic(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n') // ready http://127.0.0.1:PORT
	mock = strings.TrimSpace(strings.TrimPrefix(line, "ready "))
	code := m.Run()
	server.Process.Kill()
	os.Exit(code)
}

type box struct { // a world of its own for each test
	*testing.T
	url string
}

func sandbox(t *testing.T) box { return box{t, mock + "/s/" + strings.ToLower(t.Name())} }

func (b box) control(path string, body any) (answer struct{ Code string }) {
	text, _ := json.Marshal(body)
	got, err := http.Post(b.url+"/_mock/"+path, "application/json", bytes.NewReader(text))
	if err != nil || got.StatusCode >= 300 {
		b.Fatal(path, err, got)
	}
	defer got.Body.Close()
	json.NewDecoder(got.Body).Decode(&answer)
	return answer
}

func (b box) loggedIn() *App { // by the mock's own user, who needs no browser
	const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	given := b.control("authorize", map[string]string{"client_id": "demo",
		"redirect_uri": "http://127.0.0.1:3000/callback", "code_challenge_method": "S256",
		"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"})
	app := New(b.url)
	if err := app.FinishLogin(given.Code, verifier); err != nil {
		b.Fatal(err)
	}
	return app
}

func TestRefreshesAfterTenDays(t *testing.T) {
	b := sandbox(t)
	app := b.loggedIn()
	b.control("clock", map[string]string{"advance": "10d"})
	if email, err := app.WhoAmI(); err != nil || !strings.Contains(email, "@") {
		t.Fatal(email, err)
	}
	b.control("verify", map[string]any{"match": map[string]string{"endpoint": "refresh"},
		"count": map[string]int{"min": 1, "max": 1}})
}

func TestALostRefreshAnswerAsksForANewLogin(t *testing.T) {
	b := sandbox(t)
	b.control("scenarios/refresh-response-lost-after-commit", nil)
	app := b.loggedIn()
	b.control("clock", map[string]string{"advance": "10d"})
	if _, err := app.WhoAmI(); err != ErrLoginRequired {
		t.Fatal(err)
	}
}
