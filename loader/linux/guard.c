// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Registered for as long as the module is loaded, since hotplug states cannot
 * be added by a launch that already holds the hotplug lock.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "guard.h"

#include <linux/cpuhotplug.h>
#include <linux/errno.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

#include "cpus.h"
#include "launch.h"

static int hotplug_state_up, hotplug_state_down;

/* Runs before the CPU's first instruction: it never comes up natively. */
static int refuse_online(unsigned int cpu)
{
	if (!launch_holds_cpus() || launch_starts_cpus())
		return 0;
	pr_err("CPU %u cannot come online beside the hypervisor; unload it first (pal disable)\n",
	       cpu);
	return -EBUSY;
}

static int refuse_offline(unsigned int cpu)
{
	if (!launch_holds_cpus() || launch_starts_cpus())
		return 0;
	pr_err("CPU %u cannot go offline under the hypervisor; unload it first (pal disable)\n",
	       cpu);
	return -EBUSY;
}

/* Runs elsewhere, when the CPU is dead. */
static int stop_dead(unsigned int cpu)
{
	if (launch_starts_cpus())
		cpus_stop(cpu);
	return 0;
}

static int power_event(struct notifier_block *block, unsigned long event,
		       void *data)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		if (!launch_forbid())
			return NOTIFY_OK;
		pr_err("no sleep while the hypervisor is there%s\n",
		       launch_starts_cpus() ? "" :
		       "; unload it first (pal disable)");
		return notifier_from_errno(-EBUSY);
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		launch_allow();
		return NOTIFY_OK;
	default:
		return NOTIFY_DONE;
	}
}

static int reboot_event(struct notifier_block *block, unsigned long event,
			void *data)
{
	launch_end_for_good();
	return NOTIFY_OK;
}

static struct notifier_block power_block = { .notifier_call = power_event };
static struct notifier_block reboot_block = { .notifier_call = reboot_event };

static int register_hotplug(void)
{
	int err;

	hotplug_state_up = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN,
						     "palisade:prepare",
						     refuse_online, stop_dead);
	if (hotplug_state_up < 0)
		return hotplug_state_up;
	hotplug_state_down = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN,
						       "palisade:online",
						       NULL, refuse_offline);
	if (hotplug_state_down >= 0)
		return 0;
	err = hotplug_state_down;
	cpuhp_remove_state_nocalls(hotplug_state_up);
	return err;
}

static void unregister_hotplug(void)
{
	cpuhp_remove_state_nocalls(hotplug_state_down);
	cpuhp_remove_state_nocalls(hotplug_state_up);
}

static int register_notifiers(void)
{
	int err = register_pm_notifier(&power_block);

	if (err)
		return err;
	err = register_reboot_notifier(&reboot_block);
	if (err)
		unregister_pm_notifier(&power_block);
	return err;
}

int guard_register(void)
{
	int err = register_hotplug();

	if (err)
		return err;
	err = register_notifiers();
	if (err)
		unregister_hotplug();
	return err;
}

void guard_unregister(void)
{
	unregister_reboot_notifier(&reboot_block);
	unregister_pm_notifier(&power_block);
	unregister_hotplug();
}
