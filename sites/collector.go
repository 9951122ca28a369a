package sites

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// quietHeap is how large a heap may become before the collector begins: that of a
// site of 2,000 people twice over.
const quietHeap = 64 << 20

// QuietCollector has the runtime collect no garbage until the heap is 64 MiB, and
// beyond that as it usually does, each time that the heap has doubled: a run over one
// site is over before there is anything to be gained, and one over a fleet keeps
// to what it needs. GOGC in the environment is left to decide by itself. It is for
// main to call, once.
func QuietCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(percent(0))
	collected := new(*byte) // with a pointer, so that it stands alone
	var again func(**byte)
	again = func(x **byte) { // after each collection
		debug.SetGCPercent(percent(liveHeap()))
		runtime.SetFinalizer(x, again)
	}
	runtime.SetFinalizer(collected, again)
}

// percent is how much a heap may grow over what lives in it before the next
// collection: to quietHeap, or to twice its size.
func percent(live uint64) int {
	const least = 4 << 20 // what the runtime takes for live of a smaller heap
	if live >= quietHeap/2 {
		return 100
	}
	return int(100*quietHeap/max(live, least) - 100)
}

// liveHeap is what the last collection left.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
