package main

import "github.com/jedib0t/go-pretty/v6/progress"

// progressFrom is how many steps are worth a bar.
const progressFrom = 1_000

// progress shows a bar on stderr where somebody watches it and there is much to
// do. step goes on by one, and done ends it.
func (a *app) progress(what string, steps int) (step, done func()) {
	if !a.watched || steps < progressFrom {
		return func() {}, func() {}
	}
	w, t := progress.NewWriter(), &progress.Tracker{Message: what, Total: int64(steps)}
	w.SetOutputWriter(a.stderr)
	w.SetAutoStop(true)
	w.SetTrackerLength(30)
	w.Style().Visibility.Time = false
	w.AppendTracker(t)
	over := make(chan struct{})
	go func() { w.Render(); close(over) }()
	return func() { t.Increment(1) }, func() { t.MarkAsDone(); <-over }
}
