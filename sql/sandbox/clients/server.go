package main

import (
	"bufio"
	"crypto/tls"
	"database/sql"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// server is a grantree sandbox in a process of its own, new and empty.
type server struct {
	cmd   *exec.Cmd
	host  string
	port  string
	lines []string // what it printed when it started: how to connect
}

// startServer runs the program and waits for the address that it prints. A password in the environment is sa's.
func startServer(program, password string, args ...string) (*server, error) {
	cmd := exec.Command(program, append([]string{"sandbox", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), "GRANTREE_SANDBOX_PASSWORD="+password)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd}
	if err := s.read(out); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// read takes the printed lines up to the last one, which says where grantree finds the password.
func (s *server) read(out io.Reader) error {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		s.lines = append(s.lines, line)
		if rest, ok := strings.CutPrefix(line, "Listening on "); ok {
			var err error
			addr, _, _ := strings.Cut(rest, " ")
			if s.host, s.port, err = net.SplitHostPort(addr); err != nil {
				return err
			}
		}
		if strings.HasPrefix(line, "password_env ") && s.port != "" {
			go io.Copy(io.Discard, out)
			return nil
		}
	}
	return fmt.Errorf("grantree sandbox ended after %q", s.lines)
}

// certificate writes the certificate that the server shows to a file in a directory, as PEM.
func (s *server) certificate(dir string) (file string, err error) {
	conn, err := tls.Dial("tcp", net.JoinHostPort(s.host, s.port), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"tds/8.0"}})
	if err != nil {
		return "", err
	}
	defer conn.Close()
	file = filepath.Join(dir, "sandbox-"+s.port+".pem")
	shown := pem.Block{Type: "CERTIFICATE", Bytes: conn.ConnectionState().PeerCertificates[0].Raw}
	return file, os.WriteFile(file, pem.EncodeToMemory(&shown), 0o600)
}

// makeDatabase makes an empty database.
func (s *server) makeDatabase(password, name string) error {
	db, err := sql.Open("sqlserver", fmt.Sprintf("sqlserver://sa:%s@%s:%s?encrypt=disable", password, s.host, s.port))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec("CREATE DATABASE " + name)
	return err
}

// stop interrupts the server as Ctrl-C does.
func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGINT)
	s.cmd.Wait()
}
