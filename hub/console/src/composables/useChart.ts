import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { onMounted, onUnmounted, shallowRef, watch, type Ref } from "vue";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** Draw `option` in `box`, in the size that it has. */
export function useChart(box: Ref<HTMLElement | null>, option: Ref<EChartsCoreOption>): void {
  const chart = shallowRef<EChartsType>();
  const observer = new ResizeObserver(() => chart.value?.resize());

  onMounted(() => {
    if (!box.value) return;
    chart.value = init(box.value);
    observer.observe(box.value);
  });
  watch([chart, option], ([drawn, wanted]) => drawn?.setOption(wanted, { notMerge: true }));
  onUnmounted(() => {
    observer.disconnect();
    chart.value?.dispose();
  });
}
