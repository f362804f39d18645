import SansIO
import Testing

@Suite("A limit in bytes for a period")
struct ByteBucketTests {
    private func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

    @Test("it refills exactly, however often it is asked", arguments: [1, 3, 7, 999_983] as [Int64])
    func exact(step: Int64) {
        // 500,000 bytes a second are one byte in 2000 ns; steps that divide nothing lose nothing.
        var bucket = ByteBucket(bytes: 500_000, per: .seconds(1), burst: 500_000, now: at(0))
        bucket.charge(500_000, now: at(0))
        var now: Int64 = 0
        while now < 100_000_000, now < step * 50_000 {
            now += step
            #expect(bucket.available(now: at(now)) == now / 2000)
        }
    }

    @Test("no more than the burst is saved up, and a clock that runs backwards gives nothing")
    func burst() {
        var bucket = ByteBucket(bytes: 10, per: .seconds(1), burst: 30, now: at(0))
        #expect(bucket.available(now: at(1_000_000_000_000)) == 30)
        bucket.charge(30, now: at(1_000_000_000_000))
        #expect(bucket.available(now: at(0)) == 0)
        #expect(bucket.available(now: at(1_000_500_000_000)) == 5)
        bucket.refund(100, now: at(1_000_500_000_000))
        #expect(bucket.available(now: at(1_000_500_000_000)) == 30)
    }

    @Test("it can be overdrawn, and says when so many bytes may go")
    func overdrawn() {
        var bucket = ByteBucket(bytes: 10, per: .seconds(1), burst: 30, now: at(0))
        #expect(bucket.moment(for: 30) == at(0))
        bucket.charge(50, now: at(0))
        #expect(bucket.available(now: at(0)) == -20)
        #expect(bucket.available(now: at(1)) == -20)
        #expect(bucket.moment(for: 1) == at(2_100_000_000))
        // More than the burst goes when the burst is there.
        #expect(bucket.moment(for: 1_000_000) == at(5_000_000_000))
        #expect(bucket.available(now: at(2_099_999_999)) == 0)
        #expect(bucket.available(now: at(2_100_000_000)) == 1)
    }

    @Test("the largest limits don't overflow")
    func large() {
        let day: Int64 = 86_400_000_000_000_000
        var bucket = ByteBucket(bytes: day, per: .seconds(86_400), burst: day, now: at(0))
        bucket.charge(Int(day), now: at(0))
        bucket.charge(Int(day), now: at(0))
        #expect(bucket.available(now: at(.max)) == day)
        bucket.charge(.max, now: at(.max))
        #expect(bucket.available(now: at(.max)) < 0)
        #expect(bucket.moment(for: 1) == .distantFuture)
    }
}
